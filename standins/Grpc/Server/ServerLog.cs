using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace StandIns.Grpc.Server;

internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Error, "The handler of {Method} threw an exception.")]
    public static partial void HandlerThrew(ILogger logger, string method, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "{Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallFailed(ILogger logger, string method, StatusCode statusCode, string detail);

    [LoggerMessage(3, LogLevel.Information, "The caller of {Method} gave up.")]
    public static partial void CallAborted(ILogger logger, string method, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "A call could not be ended at its deadline.")]
    public static partial void DeadlineFailed(ILogger logger, Exception exception);
}
