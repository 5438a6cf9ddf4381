using System.Diagnostics.Metrics;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator.Tests;

public sealed class PrometheusMetricsTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly PrometheusMetrics _metrics;

    public PrometheusMetricsTests() => _metrics = new PrometheusMetrics(meter => meter == _meter);

    public void Dispose()
    {
        _metrics.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counters_add_up_and_end_in_total()
    {
        var sent = _meter.CreateCounter<long>("farm.sent", "By", "Bytes\nof \\ windows.");
        sent.Add(3, new KeyValuePair<string, object?>("to.whom", "a\"b\\c\nd"));
        sent.Add(4, new KeyValuePair<string, object?>("to.whom", "a\"b\\c\nd"));
        sent.Add(1);
        Assert.Equal(
            "# HELP farm_sent_bytes_total Bytes\\nof \\\\ windows.\n# TYPE farm_sent_bytes_total counter\nfarm_sent_bytes_total 1\nfarm_sent_bytes_total{to_whom=\"a\\\"b\\\\c\\nd\"} 7\n",
            _metrics.Write());
        Assert.Contains("farm_sent_bytes_total 1\n", _metrics.Write());
    }

    [Fact]
    public void What_is_observed_is_as_it_is_now_and_what_is_gone_is_not_shown()
    {
        Measurement<double>[] seen = [new(1.5, new KeyValuePair<string, object?>("priority", 1)), new(double.NaN, new KeyValuePair<string, object?>("priority", 2))];
        _meter.CreateObservableGauge("wait", () => seen, "s");
        Assert.Equal("# TYPE wait_seconds gauge\nwait_seconds{priority=\"1\"} 1.5\nwait_seconds{priority=\"2\"} NaN\n", _metrics.Write());
        seen = [new(2, new KeyValuePair<string, object?>("priority", 2))];
        Assert.Equal("# TYPE wait_seconds gauge\nwait_seconds{priority=\"2\"} 2\n", _metrics.Write());
        seen = [];
        Assert.Equal("", _metrics.Write());
    }

    [Fact]
    public void Buckets_count_what_is_at_most_their_bound()
    {
        var time = _meter.CreateHistogram("time", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (double value in (double[])[0.05, 0.1, 0.2, 5])
            time.Record(value, new KeyValuePair<string, object?>("network", "motif"));
        Assert.Equal(
            """
            # TYPE time_seconds histogram
            time_seconds_bucket{network="motif",le="0.1"} 2
            time_seconds_bucket{network="motif",le="1"} 3
            time_seconds_bucket{network="motif",le="+Inf"} 4
            time_seconds_sum{network="motif"} 5.35
            time_seconds_count{network="motif"} 4

            """,
            _metrics.Write());
    }

    [Fact]
    public void Up_and_down_goes_up_and_down()
    {
        var held = _meter.CreateUpDownCounter<long>("held", "{window}");
        held.Add(2);
        held.Add(-1);
        Assert.Equal("# TYPE held gauge\nheld 1\n", _metrics.Write());
    }
}
