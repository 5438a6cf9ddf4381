using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of checkpoints.</summary>
internal static partial class CheckpointLog
{
    [LoggerMessage(350, LogLevel.Information, "job {Job}: kept octave {Octave} after {Steps} steps, {Megabytes:F1} MB in {Seconds:F2} s; the next ascent waited {HeldUp:F2} s for it")]
    public static partial void CheckpointKept(this ILogger<JobGrain> log, string job, int octave, int steps, double megabytes, double seconds, double heldUp);

    [LoggerMessage(351, LogLevel.Warning, "job {Job}: the checkpoint of octave {Octave} after {Steps} steps could not be kept: {Problem}")]
    public static partial void CheckpointNotKept(this ILogger<JobGrain> log, Exception? exception, string job, int octave, int steps, string problem);

    [LoggerMessage(352, LogLevel.Warning, "job {Job}: {Sentence}")]
    public static partial void CheckpointPassedOver(this ILogger<JobGrain> log, string job, string sentence);

    [LoggerMessage(353, LogLevel.Information, "job {Job}: goes on from octave {Octave} after {Steps} steps, read in {Seconds:F2} s")]
    public static partial void GoesOn(this ILogger<JobGrain> log, string job, int octave, int steps, double seconds);

    [LoggerMessage(354, LogLevel.Warning, "job {Job}: a checkpoint could not be deleted")]
    public static partial void CheckpointNotDeleted(this ILogger<JobGrain> log, Exception exception, string job);
}
