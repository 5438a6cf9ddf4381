using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

internal static partial class DispatchLog
{
    [LoggerMessage(2001, LogLevel.Information, "Worker {Worker} at {Address} is connected: {Lanes} lanes, {Credit} bytes of credit")]
    public static partial void Connected(ILogger logger, string worker, string address, int lanes, long credit);

    [LoggerMessage(2002, LogLevel.Warning, "Worker {Worker} at {Address} cannot be reached, {Tiles} tiles go to others: {Problem}")]
    public static partial void Lost(ILogger logger, string worker, string address, int tiles, string problem);

    [LoggerMessage(2003, LogLevel.Information, "Worker {Worker} is gone, {Tiles} tiles go to others")]
    public static partial void Gone(ILogger logger, string worker, int tiles);

    [LoggerMessage(2004, LogLevel.Information, "Job {Job} takes numerics class {NumericsClass}: {Lanes} lanes of {Workers} workers")]
    public static partial void ClassTaken(ILogger logger, string job, string numericsClass, int lanes, int workers);

    [LoggerMessage(2005, LogLevel.Warning, "Worker {Worker} cannot do job {Job}: {Problem}")]
    public static partial void CannotDo(ILogger logger, string worker, string job, string problem);

    [LoggerMessage(2006, LogLevel.Warning, "Worker {Worker} failed the {TileName} of job {Job}: {Problem}")]
    public static partial void TileFailed(ILogger logger, string worker, string tileName, string job, string problem);

    [LoggerMessage(2007, LogLevel.Information, "Worker {Worker} is slow with the {TileName} of job {Job}, {Second} computes it too")]
    public static partial void Doubled(ILogger logger, string worker, string tileName, string job, string second);

    [LoggerMessage(2090, LogLevel.Debug, "Worker {Worker} has computed the {TileName} of job {Job} in {Seconds:F3} s")]
    public static partial void TileDone(ILogger logger, string worker, string tileName, string job, double seconds);

    [LoggerMessage(2008, LogLevel.Warning, "Worker {Worker} is quarantined until {Until:u}, {Tiles} tiles go to others: {Problem}")]
    public static partial void Quarantined(ILogger logger, string worker, DateTimeOffset until, int tiles, string problem);

    [LoggerMessage(2009, LogLevel.Warning, "Worker {Worker} hangs: {Problem}")]
    public static partial void Hangs(ILogger logger, string worker, string problem);
}
