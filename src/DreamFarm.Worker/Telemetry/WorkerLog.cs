using Microsoft.Extensions.Logging;

namespace DreamFarm.Worker;

/// <summary>Log lines of a worker.</summary>
internal static partial class WorkerLog
{
    [LoggerMessage(800, LogLevel.Information, "{Sentence}")]
    public static partial void Said(this ILogger<RunningWorker> log, string sentence);

    [LoggerMessage(801, LogLevel.Warning, "Window {Window} could not be computed: {Problem}")]
    public static partial void WindowFailed(this ILogger<GradientsService> log, long window, string problem);

    [LoggerMessage(802, LogLevel.Debug, "Window {Window} of {Pixels} pixels is computed")]
    public static partial void WindowComputed(this ILogger<GradientsService> log, long window, long pixels);

    [LoggerMessage(803, LogLevel.Warning, "This device does not compute the same bits each time with {Network}: jobs that begin here cannot go on from where they were, but with --mixed")]
    public static partial void NotRepeatable(this ILogger<GradientsService> log, string network);
}
