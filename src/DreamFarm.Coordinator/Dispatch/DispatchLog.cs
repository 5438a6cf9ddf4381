using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of the dispatcher.</summary>
internal static partial class DispatchLog
{
    [LoggerMessage(600, LogLevel.Information, "worker {Worker} at {Address} is connected: {Lanes} lanes, {Credit} bytes of credit")]
    public static partial void Connected(this ILogger<Dispatcher> log, string worker, string address, int lanes, long credit);

    [LoggerMessage(601, LogLevel.Warning, "worker {Worker} at {Address} cannot be reached, {Tiles} tiles go to others: {Problem}")]
    public static partial void Lost(this ILogger<Dispatcher> log, string worker, string address, int tiles, string problem);

    [LoggerMessage(602, LogLevel.Information, "worker {Worker} is gone, {Tiles} tiles go to others")]
    public static partial void Gone(this ILogger<Dispatcher> log, string worker, int tiles);

    [LoggerMessage(603, LogLevel.Information, "job {Job} takes numerics class {NumericsClass}: {Lanes} lanes of {Workers} workers")]
    public static partial void ClassTaken(this ILogger<Dispatcher> log, string job, string numericsClass, int lanes, int workers);

    [LoggerMessage(604, LogLevel.Warning, "worker {Worker} cannot do job {Job}: {Problem}")]
    public static partial void CannotDo(this ILogger<Dispatcher> log, string worker, string job, string problem);

    [LoggerMessage(605, LogLevel.Warning, "worker {Worker} failed the {TileName} of job {Job}: {Problem}")]
    public static partial void TileFailed(this ILogger<Dispatcher> log, string worker, string tileName, string job, string problem);

    [LoggerMessage(606, LogLevel.Information, "worker {Worker} is slow with the {TileName} of job {Job}, {Second} computes it too")]
    public static partial void Doubled(this ILogger<Dispatcher> log, string worker, string tileName, string job, string second);

    [LoggerMessage(607, LogLevel.Debug, "worker {Worker} has computed the {TileName} of job {Job} in {Seconds:F3} s")]
    public static partial void TileDone(this ILogger<Dispatcher> log, string worker, string tileName, string job, double seconds);

    [LoggerMessage(608, LogLevel.Warning, "worker {Worker} is quarantined until {Until:u}, {Tiles} tiles go to others: {Problem}")]
    public static partial void Quarantined(this ILogger<Dispatcher> log, string worker, DateTimeOffset until, int tiles, string problem);

    [LoggerMessage(609, LogLevel.Warning, "worker {Worker} hangs: {Problem}")]
    public static partial void Hangs(this ILogger<Dispatcher> log, string worker, string problem);
}
