using System.Net.Security;

namespace DreamFarm.Security;

/// <summary>Carries the requests of a client that lives longer than the certificate that it shows: those that come after a renewal go over new connections.</summary>
/// <param name="tls">The client's TLS.</param>
/// <param name="create">Makes what carries requests while one certificate is good.</param>
public sealed class RenewedHandler(ClientTls tls, Func<SslClientAuthenticationOptions, SocketsHttpHandler> create) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private SslStreamCertificateContext? _shown;
    private HttpMessageInvoker? _carrier;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Carrier().SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _carrier?.Dispose();
        base.Dispose(disposing);
    }

    private HttpMessageInvoker Carrier()
    {
        lock (_lock)
        {
            var now = tls.Certificate?.Current;
            if (_carrier is null || now != _shown)
                // Calls under way stay with the one before, whose connections close when they have nothing to carry.
                (_shown, _carrier) = (now, new HttpMessageInvoker(create(tls.Options())));
            return _carrier;
        }
    }
}
