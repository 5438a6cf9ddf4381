namespace DreamFarm.Security;

/// <summary>How a client of the coordinator keeps to itself what is its own.</summary>
/// <param name="Tls">Its TLS.</param>
/// <param name="Token">Who it is; null for nobody.</param>
/// <param name="Insecure">Its token may travel in the clear.</param>
public sealed record ClientSecurity(ClientTls Tls, BearerToken? Token = null, bool Insecure = false)
{
    /// <summary>For a coordinator that asks nobody who he is.</summary>
    public static ClientSecurity Default { get; } = new(ClientTls.Default);

    /// <summary>Refuses a coordinator to which the token would travel in the clear.</summary>
    /// <exception cref="ConnectionException">It would.</exception>
    public void Check(Uri coordinator)
    {
        if (Token is not null && coordinator.Scheme == Uri.UriSchemeHttp && !Loopback.Is(coordinator) && !Insecure)
            throw new ConnectionException($"your token is not sent to {coordinator.GetLeftPart(UriPartial.Authority)} in the clear: take https, or say --insecure if something else protects the way there");
    }

    /// <summary>Adds the token to what carries requests, and makes it fit for a gRPC channel.</summary>
    public HttpMessageHandler Wrap(HttpMessageHandler handler)
    {
        var carrier = new SealedHandler(handler);
        return Token is null ? carrier : new TokenHandler(carrier, Token);
    }
}
