using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace DreamFarm.Cli.Connection;

/// <summary>Tells calls that ended with their connection, and may do better on a new one, from those that were answered.</summary>
internal static class ConnectionCut
{
    /// <summary>Whether the connection or the coordinator's process ended under the call, or nobody could be reached.</summary>
    public static bool Is(RpcException failure) =>
        failure.StatusCode == StatusCode.Unavailable
        // A response without an end: whatever sent it is gone.
        || failure.StatusCode == StatusCode.Cancelled
        // Bits that flip on the way end a TLS connection, or keep one from being made.
        || Causes(failure).Any(cause => cause is IOException or SocketException or AuthenticationException);

    /// <summary>Whether somebody was connected before that: at a wrong address nobody ever is.</summary>
    public static bool WasConnected(RpcException failure)
    {
        if (failure.Status.DebugException is null)
            return true;
        return Causes(failure).Any(cause => cause
            is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }
            or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded });
    }

    private static IEnumerable<Exception> Causes(RpcException failure)
    {
        for (var cause = failure.Status.DebugException; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
