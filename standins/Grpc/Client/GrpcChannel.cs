using Grpc.Core;
using StandIns.Grpc.Client;

namespace Grpc.Net.Client;

/// <summary>A way to one server over HTTP/2. Connections are made when calls need them, and again when they broke.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly HashSet<IDisposable> _activeCalls = [];
    private bool _isDisposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        var isSecure = address.Scheme switch
        {
            "http" => false,
            "https" => true,
            _ => throw new InvalidOperationException($"The address '{address}' of the channel must start with http:// or https://."),
        };
        if (options.Credentials is { } credentials && credentials.IsSecure != isSecure)
            throw new InvalidOperationException($"The credentials of the channel do not fit its address '{address}': SecureSsl goes with https, Insecure with http.");

        Address = address;
        MaxSendMessageSize = options.MaxSendMessageSize;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        Http = new HttpMessageInvoker(
            options.HttpHandler ?? new SocketsHttpHandler { EnableMultipleHttp2Connections = true, AllowAutoRedirect = false },
            disposeHandler: options.HttpHandler is null || options.DisposeHttpClient);
    }

    internal Uri Address { get; }

    internal HttpMessageInvoker Http { get; }

    internal int? MaxSendMessageSize { get; }

    internal int? MaxReceiveMessageSize { get; }

    /// <summary>A channel to an address such as <c>http://host:7600</c>. Throws <see cref="InvalidOperationException"/> for another scheme.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel with options.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <summary>A channel to an address.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel to an address, with options.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc />
    public override CallInvoker CreateCallInvoker()
    {
        lock (_activeCalls)
            ObjectDisposedException.ThrowIf(_isDisposed, this);

        return new HttpCallInvoker(this);
    }

    /// <summary>Cancels all calls and closes the connections.</summary>
    public void Dispose()
    {
        IDisposable[] calls;
        lock (_activeCalls)
        {
            if (_isDisposed)
                return;

            _isDisposed = true;
            calls = [.. _activeCalls];
            _activeCalls.Clear();
        }

        foreach (var call in calls)
            call.Dispose();

        Http.Dispose();
    }

    internal void Register(IDisposable call)
    {
        lock (_activeCalls)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _activeCalls.Add(call);
        }
    }

    internal void Forget(IDisposable call)
    {
        lock (_activeCalls)
            _activeCalls.Remove(call);
    }
}
