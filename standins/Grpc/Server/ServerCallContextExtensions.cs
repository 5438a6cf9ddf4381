using Microsoft.AspNetCore.Http;
using StandIns.Grpc.Server;

namespace Grpc.Core;

/// <summary>What a handler can see of HTTP.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request behind a call. Throws <see cref="InvalidOperationException"/> for a context that a test made up.</summary>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        return (serverCallContext as ServerCall)?.HttpContext
            ?? throw new InvalidOperationException("This call did not come over HTTP, so it has no HttpContext.");
    }
}
