using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of jobs.</summary>
internal static partial class JobLog
{
    [LoggerMessage(300, LogLevel.Information, "job {Job}: accepted {InputName}, {Input} pixels, for a canvas of {Output}")]
    public static partial void Accepted(this ILogger<JobsService> log, string job, string inputName, string input, string output);

    [LoggerMessage(301, LogLevel.Information, "job {Job}: octave {Octave} of {Octaves} begins, {Size} pixels in {Bands} bands")]
    public static partial void OctaveBegins(this ILogger<JobGrain> log, string job, int octave, int octaves, string size, int bands);

    [LoggerMessage(302, LogLevel.Information, "job {Job}: done after {Seconds:F1} s")]
    public static partial void Done(this ILogger<JobGrain> log, string job, double seconds);

    [LoggerMessage(303, LogLevel.Information, "job {Job}: cancelled")]
    public static partial void Cancelled(this ILogger<JobGrain> log, string job);

    [LoggerMessage(304, LogLevel.Warning, "job {Job}: failed: {Problem}")]
    public static partial void Failed(this ILogger<JobGrain> log, Exception? exception, string job, string problem);

    [LoggerMessage(305, LogLevel.Information, "job {Job}: waits: {Reason}")]
    public static partial void Waits(this ILogger<JobGrain> log, string job, string reason);

    [LoggerMessage(306, LogLevel.Warning, "job {Job}: its bands did not all let go of their pixels")]
    public static partial void NotReleased(this ILogger<JobGrain> log, Exception exception, string job);

    [LoggerMessage(309, LogLevel.Warning, "job {Job}: its decoded input could not be deleted")]
    public static partial void PixelsNotDeleted(this ILogger<JobGrain> log, Exception exception, string job);

    [LoggerMessage(322, LogLevel.Warning, "job {Job}: its numerics class could not be written down, trying again")]
    public static partial void ClassNotTaken(this ILogger<JobGrain> log, Exception exception, string job);

    [LoggerMessage(308, LogLevel.Warning, "job {Job}: its bands did not tell how they stand")]
    public static partial void NoStatus(this ILogger<JobGrain> log, Exception exception, string job);

    [LoggerMessage(307, LogLevel.Warning, "job {Job}: no preview")]
    public static partial void NoPreview(this ILogger<JobGrain> log, Exception exception, string job);

    [LoggerMessage(324, LogLevel.Information, "job {Job}: octave {Octave} is dreamt with {Objective}")]
    public static partial void Chosen(this ILogger<JobGrain> log, string job, int octave, string objective);

    [LoggerMessage(310, LogLevel.Information, "job {Job}: deleted by {Who}")]
    public static partial void Deleted(this ILogger<JobGrain> log, string job, string who);

    [LoggerMessage(311, LogLevel.Warning, "job {Job}: its news were not heard and are told again")]
    public static partial void NotHeard(this ILogger<JobGrain> log, Exception exception, string job);

    [LoggerMessage(320, LogLevel.Warning, "{Jobs} jobs were not suspended in time: they will go on from an earlier checkpoint")]
    public static partial void NotSuspended(this ILogger<JobGrain> log, int jobs);

    [LoggerMessage(323, LogLevel.Warning, "job {Job}: a part of the coordinator did not answer in time; it goes on from its newest checkpoint")]
    public static partial void Interrupted(this ILogger<JobGrain> log, Exception exception, string job);

    [LoggerMessage(321, LogLevel.Warning, "job {Job}: its history lacks: {Sentence}")]
    public static partial void NotNoted(this ILogger<JobGrain> log, Exception exception, string job, string sentence);
}
