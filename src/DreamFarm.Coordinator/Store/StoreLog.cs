using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of the store.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(700, LogLevel.Information, "the job store is {Store}")]
    public static partial void Opened(this ILogger<Database> log, string store);

    [LoggerMessage(701, LogLevel.Information, "the job store's tables are brought from version {From} to {To}")]
    public static partial void Migrating(this ILogger<Database> log, int from, int to);

    [LoggerMessage(702, LogLevel.Warning, "the job store cannot be written: {Reason}; what must be written down waits")]
    public static partial void Away(this ILogger<Database> log, string reason);

    [LoggerMessage(703, LogLevel.Information, "the job store can be written again, after {Seconds:F0} s")]
    public static partial void Back(this ILogger<Database> log, double seconds);

    [LoggerMessage(704, LogLevel.Warning, "job {Job}: its files are deleted: there is no such job")]
    public static partial void LeftoverDeleted(this ILogger<Database> log, string job);

    [LoggerMessage(705, LogLevel.Warning, "job {Job}: failed: its input is no longer in the data folder")]
    public static partial void InputGone(this ILogger<Database> log, string job);
}
