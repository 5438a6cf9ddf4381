using System.Data.Common;

namespace DreamFarm.Coordinator;

/// <summary>Tokens in the store.</summary>
internal sealed class TokenStore(IDatabase database)
{
    public Task AddAsync(TokenRecord token, string hash, CancellationToken cancellation) => database.WriteAsync(
        session => session.ExecuteAsync(
            "INSERT INTO tokens (id, hash, owner, roles, created, expires) VALUES (@id, @hash, @owner, @roles, @created, @expires) ON CONFLICT (id) DO NOTHING",
            ("id", token.Id), ("hash", hash), ("owner", token.Owner), ("roles", string.Join(' ', token.Roles)), ("created", token.Created.ToSql()), ("expires", token.Expires.ToSql())),
        StorePatience.Short,
        cancellation);

    /// <returns>False if there is no such token. One that was revoked before keeps its time.</returns>
    public async Task<bool> RevokeAsync(string id, DateTimeOffset now, CancellationToken cancellation) => await database.WriteAsync(
        session => session.ExecuteAsync("UPDATE tokens SET revoked = COALESCE(revoked, @now) WHERE id = @id", ("id", id), ("now", now.ToSql())),
        StorePatience.Short,
        cancellation) > 0;

    /// <summary>All that were ever made, oldest first, with their hashes.</summary>
    public async Task<IReadOnlyList<(string Hash, TokenRecord Token)>> ListAsync(CancellationToken cancellation) => await database.ReadAsync(
        session => session.QueryAsync("SELECT hash, id, owner, roles, created, expires, revoked FROM tokens ORDER BY number", Read), cancellation);

    private static (string, TokenRecord) Read(DbDataReader row) => (
        row.GetString(0),
        new TokenRecord(row.GetString(1), row.GetString(2), row.GetString(3).Split(' '), SqlTime.FromSql(row.GetInt64(4)), Time(row, 5), Time(row, 6)));

    private static DateTimeOffset? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : SqlTime.FromSql(row.GetInt64(column));
}
