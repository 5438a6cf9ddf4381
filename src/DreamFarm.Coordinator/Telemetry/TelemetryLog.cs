using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of what operators look at.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(750, LogLevel.Warning, "jobs and workers could not be counted; metrics show them as they were")]
    public static partial void NotCounted(this ILogger<FarmCensus> log, Exception exception);

    [LoggerMessage(751, LogLevel.Debug, "job {Job}: step {Step} of octave {Octave} took {Seconds:F3} s")]
    public static partial void Stepped(this ILogger<JobGrain> log, string job, int octave, int step, double seconds);
}
