namespace DreamFarm.Security;

/// <summary>
/// Carries requests, and hides what does. Where a gRPC channel finds a <see cref="SocketsHttpHandler"/> it dials first, itself: past any
/// proxy, and after a failure all calls fail without being sent until it dials again, after a pause. Behind this every call dials, and fails
/// with what kept it.
/// </summary>
/// <param name="inner">What carries the requests.</param>
public sealed class SealedHandler(HttpMessageHandler inner) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _inner = new(inner);

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _inner.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }
}
