using Grpc.Net.Client;

namespace StandIns.Grpc.Tests;

/// <summary>A server of the exchange service, whoever wrote it.</summary>
public interface IExchangePeer : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    string Address { get; }

    /// <summary>Ends it at once, calls or no calls.</summary>
    Task KillAsync();

    /// <summary>A channel to it.</summary>
    GrpcChannel OpenChannel(Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true };
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(Address, options);
    }
}
