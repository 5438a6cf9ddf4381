namespace Grpc.Core;

/// <summary>Whether a channel speaks TLS.</summary>
public abstract class ChannelCredentials
{
    /// <summary>Plain HTTP/2.</summary>
    public static ChannelCredentials Insecure { get; } = new PlainCredentials(isSecure: false);

    /// <summary>HTTP/2 over TLS, the server's certificate checked against the system's roots or as the handler says.</summary>
    public static ChannelCredentials SecureSsl { get; } = new PlainCredentials(isSecure: true);

    internal abstract bool IsSecure { get; }

    private sealed class PlainCredentials(bool isSecure) : ChannelCredentials
    {
        internal override bool IsSecure { get; } = isSecure;
    }
}
