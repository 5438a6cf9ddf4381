using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// The tokens as the store had them a second ago. No call waits for the store, and while that is away those known last are
/// good: nobody could revoke them.
/// </summary>
internal sealed class TokenDirectory(TokenStore store, TimeProvider time, ILogger<TokenDirectory> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private volatile FrozenDictionary<string, TokenRecord> _byHash = FrozenDictionary<string, TokenRecord>.Empty;

    /// <summary>Whether callers are asked who they are: since the first token was made, and for ever.</summary>
    public bool Asks => _byHash.Count > 0;

    /// <summary>Reads the tokens now.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task LoadAsync(CancellationToken cancellation) =>
        _byHash = (await store.ListAsync(cancellation)).ToFrozenDictionary(entry => entry.Hash, entry => entry.Token, StringComparer.Ordinal);

    /// <summary>Looks a token up.</summary>
    /// <param name="problem">Why it is good for nothing, as one sentence; null if it is good.</param>
    public TokenRecord? Find(string text, out string? problem)
    {
        if (!_byHash.TryGetValue(TokenText.Hash(text), out var token))
        {
            problem = "your token is not known here";
            return null;
        }
        problem = token switch
        {
            { Revoked: { } revoked } => $"your token {token.Id} was revoked on {Day(revoked)}",
            { Expires: { } expires } when expires <= time.GetUtcNow() => $"your token {token.Id} has expired on {Day(expires)}",
            _ => null,
        };
        return problem is null ? token : null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        bool isAway = false;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                isAway = !await TryLoadAsync(isAway, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The coordinator stops.
        }
    }

    private async Task<bool> TryLoadAsync(bool isAway, CancellationToken cancellation)
    {
        try
        {
            await LoadAsync(cancellation);
            return true;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            if (!isAway)
                log.TokensUnread(e.Message);
            return false;
        }
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
