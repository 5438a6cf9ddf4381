using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of workers' registrations.</summary>
internal static partial class RegistrationLog
{
    [LoggerMessage(400, LogLevel.Information, "worker {Worker}: registered at {Address}, {Device}, {Lanes} lanes")]
    public static partial void Registered(this ILogger<WorkersGrain> log, string worker, string address, string device, int lanes);

    [LoggerMessage(401, LogLevel.Information, "worker {Worker}: left")]
    public static partial void Left(this ILogger<WorkersGrain> log, string worker);

    [LoggerMessage(402, LogLevel.Warning, "worker {Worker}: silent for more than {Seconds} s, its tiles go to others")]
    public static partial void Lapsed(this ILogger<WorkersGrain> log, string worker, double seconds);

    [LoggerMessage(404, LogLevel.Information, "worker {Worker}: told to drain")]
    public static partial void ToldToDrain(this ILogger<WorkersGrain> log, string worker);

    [LoggerMessage(403, LogLevel.Warning, "the registry of workers did not answer")]
    public static partial void NoExchange(this ILogger<WorkerExchange> log, Exception exception);
}
