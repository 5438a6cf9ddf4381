using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of the queue.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(340, LogLevel.Information, "{Jobs} unfinished jobs are queued again")]
    public static partial void TakenUp(this ILogger<QueueGrain> log, int jobs);

    [LoggerMessage(341, LogLevel.Warning, "the queue cannot go on now and tries again: {Problem}")]
    public static partial void CannotAdvance(this ILogger<QueueGrain> log, Exception? exception, string problem);
}
