using System.Net;
using DreamFarm.Security;

namespace DreamFarm.Coordinator;

/// <summary>Whom a coordinator lets in: other machines only with tokens, and those only over TLS, unless it is told that this is meant.</summary>
internal static class OpenDoors
{
    /// <exception cref="ConnectionException">A listener would be open to other machines without protection; the sentence names the ways out.</exception>
    public static void Check(CoordinatorOptions options, bool asksForTokens)
    {
        if (!options.Insecure && Problem(options, asksForTokens) is { } problem)
            throw new ConnectionException(problem);
    }

    /// <summary>What --insecure allows here; null for nothing.</summary>
    public static string? Allowed(CoordinatorOptions options, bool asksForTokens) =>
        !options.Insecure || Open(options) is null ? null
        : !asksForTokens ? "everybody who reaches it may do everything"
        : options.Tls is null ? "tokens and pictures travel in the clear"
        : null;

    private static string? Problem(CoordinatorOptions options, bool asksForTokens) => Open(options) switch
    {
        null => null,
        var (flag, address) when !asksForTokens =>
            $"{flag} {address} is open to other machines, and this coordinator asks nobody who he is: make a token first with `dreamfarm tokens create`, or let everybody do everything with --insecure",
        var (flag, address) when options.Tls is null =>
            $"{flag} {address} is open to other machines, and tokens would travel there in the clear: give --tls-cert and --tls-key, or say --insecure if something else protects the way",
        _ => null,
    };

    private static (string Flag, IPEndPoint Address)? Open(CoordinatorOptions options) =>
        !Loopback.Is(options.Listen) ? ("--listen", options.Listen)
        : !Loopback.Is(options.Web) ? ("--web", options.Web)
        : null;
}
