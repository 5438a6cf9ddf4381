using System.Diagnostics.Metrics;
using DreamFarm.Telemetry;
using Grpc.Core;

namespace DreamFarm.Coordinator;

/// <summary>
/// What the coordinator counts and measures; docs/operations.md lists it for operators. Labels have few values each: no job, no
/// owner and no worker is one.
/// </summary>
internal static class FarmMeter
{
    private static readonly Meter Meter = new(MeterNames.Farm);

    private static readonly Counter<long> TilesDone = Meter.CreateCounter<long>(
        "dreamfarm.tiles.done", "{tile}", "Tiles whose gradient was used.");

    private static readonly Counter<long> TilesFailed = Meter.CreateCounter<long>(
        "dreamfarm.tiles.failed", "{tile}", "Times that a worker failed a tile or was lost with it; the tile went to another.");

    private static readonly Counter<long> TilesDuplicated = Meter.CreateCounter<long>(
        "dreamfarm.tiles.duplicated", "{tile}", "Times that a slow worker's tile was given to a second one too.");

    private static readonly Histogram<double> TileDuration = Meter.CreateHistogram(
        "dreamfarm.tile.duration", "s", "From giving a tile to a worker to having its whole gradient.", advice: Buckets(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100));

    private static readonly Counter<long> BytesSent = Meter.CreateCounter<long>(
        "dreamfarm.worker.sent", "By", "Pixels of windows sent to workers.");

    private static readonly Counter<long> BytesReceived = Meter.CreateCounter<long>(
        "dreamfarm.worker.received", "By", "Gradients of cores received from workers.");

    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram(
        "dreamfarm.step.duration", "s", "Whole steps: gradient, merge, ascent.", advice: Buckets(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000));

    private static readonly Counter<double> MegapixelSteps = Meter.CreateCounter<double>(
        "dreamfarm.megapixel_steps", "{megapixel}", "Canvas that was dreamt: a step of a megapixel is one.");

    private static readonly Counter<long> JobsFinished = Meter.CreateCounter<long>(
        "dreamfarm.jobs.finished", "{job}", "Jobs that ended, by how.");

    private static readonly Counter<long> Submissions = Meter.CreateCounter<long>(
        "dreamfarm.submissions", "{submission}", "Submissions that were accepted, or refused and why (a gRPC status).");

    private static readonly Histogram<double> DecodeDuration = Meter.CreateHistogram(
        "dreamfarm.decode.duration", "s", "Decoding of inputs.", advice: Buckets(0.03, 0.1, 0.3, 1, 3, 10, 30, 100));

    private static readonly Histogram<double> EncodeDuration = Meter.CreateHistogram(
        "dreamfarm.encode.duration", "s", "Encoding of results, by format.", advice: Buckets(0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300));

    private static readonly Histogram<double> CheckpointDuration = Meter.CreateHistogram(
        "dreamfarm.checkpoint.duration", "s", "From the step's end to a whole checkpoint of it on the disk.", advice: Buckets(0.03, 0.1, 0.3, 1, 3, 10, 30, 100));

    private static readonly Counter<long> CheckpointBytes = Meter.CreateCounter<long>(
        "dreamfarm.checkpoint.written", "By", "Pixels written to checkpoints.");

    private static readonly Counter<long> CheckpointsFailed = Meter.CreateCounter<long>(
        "dreamfarm.checkpoints.failed", "{checkpoint}", "Checkpoints that could not be kept.");

    public static void TileDone(string network, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("network", network);
        TilesDone.Add(1, tag);
        TileDuration.Record(duration.TotalSeconds, tag);
    }

    /// <param name="reason">"failed" for what a worker said it could not do, "wrong" for a wrong answer, "lost" for a worker that was lost.</param>
    public static void TileFailed(string network, string reason) => TilesFailed.Add(1, new("network", network), new("reason", reason));

    public static void TileDuplicated(string network) => TilesDuplicated.Add(1, new KeyValuePair<string, object?>("network", network));

    public static void Sent(int bytes) => BytesSent.Add(bytes);

    public static void Received(int bytes) => BytesReceived.Add(bytes);

    public static void Stepped(TimeSpan duration, long pixels)
    {
        StepDuration.Record(duration.TotalSeconds);
        MegapixelSteps.Add(pixels / 1e6);
    }

    public static void JobFinished(Protocol.V1.JobState state) => JobsFinished.Add(1, new KeyValuePair<string, object?>("state", StateName(state)));

    public static void Submitted(StatusCode status) => Submissions.Add(1, new KeyValuePair<string, object?>("result", status == StatusCode.OK ? "accepted" : SnakeCase(status.ToString())));

    public static void CheckpointKept(TimeSpan duration, long bytes)
    {
        CheckpointDuration.Record(duration.TotalSeconds);
        CheckpointBytes.Add(bytes);
    }

    public static void CheckpointFailed() => CheckpointsFailed.Add(1);

    public static void Decoded(TimeSpan duration) => DecodeDuration.Record(duration.TotalSeconds);

    /// <param name="format">The ending of the result's file, such as ".png".</param>
    public static void Encoded(TimeSpan duration, string format) => EncodeDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("format", format.TrimStart('.')));

    public static string StateName(Enum state) => SnakeCase(state.ToString());

    private static string SnakeCase(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static InstrumentAdvice<double> Buckets(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };
}
