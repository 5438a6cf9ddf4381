using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of bands.</summary>
internal static partial class BandLog
{
    [LoggerMessage(200, LogLevel.Error, "job {Job}: band {Band} of octave {Octave} failed")]
    public static partial void BandFailed(this ILogger<BandGrain> log, Exception exception, string job, int octave, int band);

    [LoggerMessage(201, LogLevel.Warning, "job {Job}: the job did not hear that band {Band} of octave {Octave} is {Event}")]
    public static partial void BandNotHeard(this ILogger<BandGrain> log, Exception exception, string job, int octave, int band, BandEvent @event);
}
