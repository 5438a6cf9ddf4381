using System.Globalization;
using System.Text.Json;

namespace DreamFarm.Farm.Tests;

public sealed class TelemetryTests(WatchedFarm farm) : IClassFixture<WatchedFarm>
{
    [Fact]
    public void A_trace_follows_every_tile_from_its_step_to_the_worker_and_back()
    {
        var spans = farm.Spans.ToDictionary(span => span.Id);
        var windows = spans.Values.Where(span => span.Name == "window").ToArray();
        Assert.Equal(farm.CoordinatorMetrics["dreamfarm_tiles_done_total{network=\"motif\"}"], windows.Length);
        foreach (var window in windows)
        {
            Assert.Equal("dreamfarm-worker", window.Service);
            var attempt = Above(window, "attempt");
            var tile = Above(attempt, "tile");
            var gradient = Above(tile, "gradient");
            var step = Above(gradient, "step");
            Assert.Equal("", step.Parent);
            Assert.All((ReceivedSpan[])[attempt, tile, gradient, step], span => Assert.Equal(("dreamfarm-coordinator", window.Trace), (span.Service, span.Trace)));

            // One machine, one clock: nothing begins before what it belongs to.
            Assert.True(attempt.Start <= window.Start && window.End <= attempt.End && tile.Start <= attempt.Start && attempt.End <= tile.End);
            Assert.Equal(["compute", "lane"], Below(window));
            Assert.Equal(["cut", "receive", "send", "window"], Below(attempt));
            Assert.Equal(["attempt", "queue"], Below(tile));

            Assert.Equal(farm.Job, tile.Attributes["dreamfarm.job"]);
            Assert.Equal(step.Attributes["dreamfarm.step"], tile.Attributes["dreamfarm.step"]);
            Assert.Matches("^[1-9][0-9]*/[1-9][0-9]*$", tile.Attributes["dreamfarm.tile"]);
            Assert.StartsWith("w-", attempt.Attributes["dreamfarm.worker"]);

            // The step's trace leads to that of the job.
            var octave = spans[Assert.Single(step.Links)];
            Assert.Equal(("octave", step.Attributes["dreamfarm.octave"]), (octave.Name, octave.Attributes["dreamfarm.octave"]));
            var job = Above(octave, "job");
            Assert.Equal((farm.Job, ""), (job.Attributes["dreamfarm.job"], job.Parent));
            Assert.NotEqual(job.Trace, step.Trace);
        }
        Assert.Equal(4, spans.Values.Count(span => span.Name == "step"));
        Assert.Equal(2, spans.Values.Count(span => span.Name == "octave"));
        Assert.Equal(4, spans.Values.Count(span => span.Name == "ascend"));

        ReceivedSpan Above(ReceivedSpan span, string name)
        {
            Assert.True(spans.TryGetValue(span.Parent, out var parent), $"the parent of {span.Name} was not sent");
            Assert.Equal(name, parent.Name);
            return parent;
        }

        string[] Below(ReceivedSpan parent) => [.. spans.Values.Where(span => span.Parent == parent.Id).Select(span => span.Name).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Metrics_are_sent_and_those_on_the_page_match_the_finished_job()
    {
        Assert.True(farm.MetricsSent >= 2, "both processes send metrics, at the latest when they end");
        var metrics = farm.CoordinatorMetrics;
        double tiles = metrics["dreamfarm_tiles_done_total{network=\"motif\"}"];
        Assert.True(tiles > 4);
        Assert.Equal(tiles, metrics["dreamfarm_tile_duration_seconds_count{network=\"motif\"}"]);
        Assert.Equal(1, metrics["dreamfarm_jobs_finished_total{state=\"done\"}"]);
        Assert.Equal(1, metrics["dreamfarm_submissions_total{result=\"accepted\"}"]);
        Assert.Equal(4, metrics["dreamfarm_step_duration_seconds_count"]);
        Assert.Equal(0, metrics["dreamfarm_jobs{state=\"running\"}"]);
        Assert.Equal(1, metrics["dreamfarm_encode_duration_seconds_count{format=\"npy\"}"]);
        Assert.Equal(1, metrics.Series.Where(series => series.StartsWith("dreamfarm_workers{", StringComparison.Ordinal)).Sum(series => metrics[series]));
        // One at the first octave's end at the latest, of int16 pixels.
        double checkpoints = metrics["dreamfarm_checkpoint_duration_seconds_count"];
        Assert.InRange(checkpoints, 1, 4);
        Assert.InRange(metrics["dreamfarm_checkpoint_written_bytes_total"], 6 * 64 * 48, checkpoints * 6 * 200 * 150);
        Assert.Equal(1, metrics["dreamfarm_decode_duration_seconds_count"]);
        // Two octaves of two steps each, the last at full size; a core's gradient is 6 bytes a pixel.
        Assert.InRange(metrics["dreamfarm_megapixel_steps_total"], 2 * 200 * 150 / 1e6, 4 * 200 * 150 / 1e6);
        Assert.Equal(metrics["dreamfarm_megapixel_steps_total"] * 6e6, metrics["dreamfarm_worker_received_bytes_total"], 1);
        Assert.True(metrics["dreamfarm_worker_sent_bytes_total"] > metrics["dreamfarm_worker_received_bytes_total"]);
        Assert.True(metrics["dotnet_process_memory_working_set_bytes"] > 1e6);
        // Labels have few values each: no id is one.
        Assert.DoesNotContain(metrics.Series, series => series.Contains(farm.Job, StringComparison.Ordinal) || series.Contains("w-", StringComparison.Ordinal));

        Assert.Equal(tiles, farm.WorkerMetrics["dreamfarm_windows_computed_total"]);
        Assert.Equal(0, farm.WorkerMetrics["dreamfarm_windows_held"]);
        Assert.Equal(tiles, farm.WorkerMetrics["dreamfarm_window_duration_seconds_count{network=\"motif\"}"]);
    }

    [Fact]
    public void Every_log_line_is_one_json_object_and_says_what_it_is_about()
    {
        Assert.All(farm.Log, line =>
        {
            Assert.True(DateTime.TryParse(Text(line, "time"), CultureInfo.InvariantCulture, out _));
            Assert.Contains(Text(line, "level"), (string[])["debug", "information", "warning"]);
            Assert.NotEqual("", Text(line, "message"));
            Assert.True(line.GetProperty("event").TryGetInt32(out _));
        });

        // A tile's line has everything; the debug level shows one for each.
        var tiles = farm.Log.Where(line => line.TryGetProperty("tile", out _)).ToArray();
        Assert.Equal(farm.CoordinatorMetrics["dreamfarm_tiles_done_total{network=\"motif\"}"], tiles.Length);
        Assert.All(tiles, line =>
        {
            Assert.Equal(farm.Job, Text(line, "job"));
            Assert.InRange(line.GetProperty("octave").GetInt32(), 1, 2);
            Assert.InRange(line.GetProperty("step").GetInt32(), 1, 2);
            Assert.Matches("^[1-9][0-9]*/[1-9][0-9]*$", Text(line, "tile"));
            Assert.StartsWith("w-", Text(line, "worker"));
        });
        Assert.Contains(farm.Log, line => Text(line, "message").Contains("accepted in.png", StringComparison.Ordinal) && Text(line, "job") == farm.Job);

        static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;
    }

    [Fact]
    public void A_worker_is_ready_while_its_coordinator_knows_it_and_not_after() => Assert.Equal((200, 503), farm.Ready);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=nonsense", "OTEL_EXPORTER_OTLP_ENDPOINT is \"nonsense\", which is no URL; write it as http://HOST:4317")]
    [InlineData("DREAMFARM_LOG=xml", "--log must be text or json, not \"xml\"")]
    [InlineData("DREAMFARM_LOG_LEVEL=loud", "--log-level must be one of trace, debug, information, warning, error, not \"loud\"")]
    public async Task A_setting_that_makes_no_sense_is_refused_by_a_sentence(string variable, string sentence)
    {
        using var folder = new TestFolder();
        using var process = DreamfarmRun.StartWith([variable], folder.FullName, "coordinator", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--data", "data");
        Assert.Equal(sentence, (await DreamfarmRun.EndOfAsync(process)).Refusal());
    }
}
