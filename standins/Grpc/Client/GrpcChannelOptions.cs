using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>How a channel is set up.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Whether the channel speaks TLS; null takes it from the address.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>The largest message, in bytes, that is sent; null for no limit, the default.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The largest message, in bytes, that is accepted; null for no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>What carries the calls; null for a <see cref="SocketsHttpHandler"/> of the channel's own.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether disposing the channel disposes <see cref="HttpHandler"/>.</summary>
    public bool DisposeHttpClient { get; set; }
}
