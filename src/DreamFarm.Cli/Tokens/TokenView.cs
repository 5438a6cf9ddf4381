using DreamFarm.Coordinator;

namespace DreamFarm.Cli.Tokens;

/// <summary>A token as --json shows it.</summary>
internal sealed record TokenView(string Id, string Owner, IReadOnlyList<string> Roles, string State, DateTime Created, DateTime? Expires, DateTime? Revoked)
{
    public static TokenView Of(TokenRecord token, DateTimeOffset now) => new(
        token.Id,
        token.Owner,
        token.Roles,
        token.Revoked is not null ? "revoked" : token.Expires <= now ? "expired" : "good",
        token.Created.UtcDateTime,
        token.Expires?.UtcDateTime,
        token.Revoked?.UtcDateTime);
}
