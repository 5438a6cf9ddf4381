using System.Net.Http.Headers;

namespace DreamFarm.Security;

/// <summary>Puts a token on every request of a client.</summary>
/// <param name="inner">What carries the requests.</param>
/// <param name="token">What to say.</param>
public sealed class TokenHandler(HttpMessageHandler inner, BearerToken token) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        return base.SendAsync(request, cancellationToken);
    }
}
