using DreamFarm.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace DreamFarm.Coordinator;

/// <summary>
/// Makes and revokes tokens, directly in a coordinator's store: whoever can write there needs no token to begin with. A
/// running coordinator sees the change within seconds.
/// </summary>
public sealed class TokenBook : IAsyncDisposable
{
    private const int LongestOwner = 64;

    private readonly Database _database;
    private readonly TokenStore _store;
    private readonly TimeProvider _time;

    private TokenBook(Database database, TimeProvider time) => (_database, _store, _time) = (database, new TokenStore(database), time);

    /// <summary>The roles that a token can have.</summary>
    public static IReadOnlyList<string> KnownRoles => Roles.All;

    /// <summary>Opens the store that a coordinator of these options uses, and makes it if it is not there.</summary>
    /// <exception cref="StoreException">It cannot be used.</exception>
    /// <exception cref="IOException">The data folder cannot be made.</exception>
    public static async Task<TokenBook> OpenAsync(CoordinatorOptions options, TimeProvider time, CancellationToken cancellation)
    {
        if (options.Store is null)
            Directory.CreateDirectory(options.DataFolder);
        var database = Stores.Create(options, time, NullLogger<Database>.Instance);
        try
        {
            await database.OpenAsync(cancellation);
            return new TokenBook(database, time);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a token.</summary>
    /// <param name="owner">Whose: letters, digits and . _ - @.</param>
    /// <param name="roles">What it allows; at least one of <see cref="KnownRoles"/>.</param>
    /// <param name="lifetime">How long it is good; null for ever.</param>
    /// <param name="given">The token itself, if somebody else has made it; nothing changes if it is known already, even as revoked.</param>
    /// <returns>The token, which is kept nowhere, and what is kept of it.</returns>
    /// <exception cref="ConnectionException">Owner, role or token can be none.</exception>
    public async Task<(string Text, TokenRecord Token)> CreateAsync(string owner, IReadOnlyList<string> roles, TimeSpan? lifetime, CancellationToken cancellation, string? given = null)
    {
        if (owner.Length is 0 or > LongestOwner || !owner.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@'))
            throw new ConnectionException($"--owner must be a name of 1 to {LongestOwner} letters, digits and . _ - @, not \"{owner}\"");
        if (owner == Transition.Coordinator)
            throw new ConnectionException($"--owner cannot be {owner}: histories would say of what an owner did that nobody asked for it");
        if (roles.FirstOrDefault(role => !Roles.All.Contains(role)) is { } unknown)
            throw new ConnectionException($"--role must be {string.Join(", ", Roles.All.SkipLast(1))} or {Roles.All[^1]}, not \"{unknown}\"");
        var now = _time.GetUtcNow();
        string text = given ?? TokenText.New();
        if (!TokenText.CanBe(text))
            throw new ConnectionException("a token must be dft_ and at least 43 letters, digits, - and _ that nobody can guess, such as 32 random bytes in base64url");
        // Of the same text always the same, so that adding a token twice adds one.
        var token = new TokenRecord(
            $"t-{TokenText.Hash(text)[..10]}", owner, [.. roles.Distinct()], now, lifetime is { } time ? now + time : null, null);
        await _store.AddAsync(token, TokenText.Hash(text), cancellation);
        return (text, token);
    }

    /// <summary>Every token that was ever made, oldest first.</summary>
    public async Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellation) =>
        [.. (await _store.ListAsync(cancellation)).Select(entry => entry.Token)];

    /// <summary>Makes a token good for nothing.</summary>
    /// <returns>False if there is none of this id.</returns>
    public Task<bool> RevokeAsync(string id, CancellationToken cancellation) => _store.RevokeAsync(id, _time.GetUtcNow(), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
