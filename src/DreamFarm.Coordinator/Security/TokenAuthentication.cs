using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DreamFarm.Coordinator;

/// <summary>
/// Finds out who calls: by his token, as soon as there is any; before, everybody is the local owner and may do everything.
/// Workers also show a certificate where that is asked for.
/// </summary>
internal sealed class TokenAuthentication(
    TokenDirectory tokens, CoordinatorOptions coordinator, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name, in headers too.</summary>
    public const string Name = "Bearer";

    // No token is as long.
    private const int LongestHeader = 1024;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (!tokens.Asks)
            return AuthenticateResult.Success(Ticket(JobRecord.LocalOwner, Roles.All));
        string? header = Request.Headers.Authorization;
        if (string.IsNullOrEmpty(header))
            return AuthenticateResult.NoResult();
        if (header.Length > LongestHeader || !AuthenticationHeaderValue.TryParse(header, out var said)
            || !string.Equals(said.Scheme, Name, StringComparison.OrdinalIgnoreCase) || string.IsNullOrEmpty(said.Parameter))
            return AuthenticateResult.Fail("the header authorization must be \"Bearer\" and a token");
        return tokens.Find(said.Parameter, out string? problem) is { } token
            ? AuthenticateResult.Success(Ticket(token.Owner, token.Roles))
            : AuthenticateResult.Fail(problem!);
    }

    private AuthenticationTicket Ticket(string owner, IEnumerable<string> roles)
    {
        var claims = roles.SelectMany(Roles.Including).Distinct()
            .Where(role => role != Roles.Work || coordinator.Tls?.ClientProblem(Context) is null)
            .Select(role => new Claim(ClaimTypes.Role, role))
            .Prepend(new Claim(ClaimTypes.Name, owner));
        return new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Name)), Name);
    }
}
