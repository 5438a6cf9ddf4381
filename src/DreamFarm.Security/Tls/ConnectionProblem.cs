using System.Net.Sockets;
using System.Security.Authentication;

namespace DreamFarm.Security;

/// <summary>Says what keeps a client from a server.</summary>
public static class ConnectionProblem
{
    /// <summary>One sentence about why TLS, or the lack of it, keeps them apart; null if it is something else.</summary>
    /// <param name="failure">What the call failed with, or null.</param>
    /// <param name="address">Where it went.</param>
    /// <param name="hasAnswered">Whether the server has answered a call before: one that hangs up then is no matter of TLS.</param>
    public static string? Of(Exception? failure, Uri address, bool hasAnswered = false)
    {
        bool isSocket = false, hasHungUp = false;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is ConnectionException known)
                return known.Message;
            if (cause is AuthenticationException or System.ComponentModel.Win32Exception { NativeErrorCode: not 0 } and not SocketException)
                return $"what answers at {address.GetLeftPart(UriPartial.Authority)} speaks no TLS, or another one: try http://{address.Authority}, or look at the port";
            // Who hangs up shows as a reset, as a pipe that broke under what was being sent, as an answer that ended, or, between
            // the connection and the first frame, as a failure without a cause.
            bool isBroken = cause is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown };
            isSocket |= cause is SocketException && !isBroken;
            hasHungUp |= isBroken
                || cause is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse }
                or HttpRequestException { InnerException: null };
        }
        return hasHungUp && !hasAnswered && !isSocket && address.Scheme == Uri.UriSchemeHttp
            ? $"what answers at {address.GetLeftPart(UriPartial.Authority)} hangs up: if it speaks TLS, it is https://{address.Authority}"
            : null;
    }
}
