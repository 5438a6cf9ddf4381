using DreamFarm.Security;
using Grpc.Net.Client;

namespace DreamFarm.Worker;

/// <summary>The worker's way to its coordinator, shared by everything that asks it something.</summary>
internal static class CoordinatorChannel
{
    /// <summary>Opens a channel; nothing is dialled before the first call.</summary>
    public static GrpcChannel Open(string url, ClientSecurity security) => GrpcChannel.ForAddress(url, new GrpcChannelOptions
    {
        HttpHandler = security.Wrap(new RenewedHandler(security.Tls, ssl => new SocketsHttpHandler
        {
            SslOptions = ssl,
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A coordinator whose machine is gone closes no connection, and a download has no deadline.
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        })),
        DisposeHttpClient = true,
    });
}
