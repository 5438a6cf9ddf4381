using System.Diagnostics.Metrics;
using DreamFarm.Telemetry;

namespace DreamFarm.Worker;

/// <summary>What a worker counts and measures; docs/operations.md lists it for operators.</summary>
internal static class WorkerMeter
{
    private static readonly Meter Meter = new(MeterNames.Farm);

    private static readonly Counter<long> WindowsComputed = Meter.CreateCounter<long>("dreamfarm.windows.computed", "{window}", "Windows that were computed.");

    private static readonly Counter<long> WindowsFailed = Meter.CreateCounter<long>("dreamfarm.windows.failed", "{window}", "Windows that were begun and could not be computed.");

    private static readonly UpDownCounter<long> WindowsHeld = Meter.CreateUpDownCounter<long>(
        "dreamfarm.windows.held", "{window}", "Windows that arrive, wait, are computed or are on their way back.");

    private static readonly Histogram<double> LaneWait = Meter.CreateHistogram<double>(
        "dreamfarm.lane.wait", "s", "Waiting of windows for a free lane.", advice: Buckets);

    private static readonly Histogram<double> WindowDuration = Meter.CreateHistogram<double>(
        "dreamfarm.window.duration", "s", "Computing of windows in a lane, by network.", advice: Buckets);

    private static InstrumentAdvice<double> Buckets => new() { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] };

    public static void Held(int change) => WindowsHeld.Add(change);

    public static void Waited(TimeSpan wait) => LaneWait.Record(wait.TotalSeconds);

    public static void Computed(string network, TimeSpan duration)
    {
        WindowsComputed.Add(1);
        WindowDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("network", network));
    }

    public static void Failed() => WindowsFailed.Add(1);
}
