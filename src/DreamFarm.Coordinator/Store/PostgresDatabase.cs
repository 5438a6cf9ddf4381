using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DreamFarm.Coordinator;

/// <summary>A database on a PostgreSQL server.</summary>
internal sealed class PostgresDatabase(PostgresAddress address, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<Database> log)
    : Database(migrations, time, log)
{
    // Any numbers that nobody else takes: the letters of "dreams" and "dreamt".
    private const long MigrationLock = 0x647265616d73;
    private const long CoordinatorLock = 0x647265616d74;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(address.ConnectionString);

    private DbConnection? _claim;

    public override string Name => address.Display;

    protected override string IdentityType => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";

    protected override string BytesType => "BYTEA";

    protected override bool HidesCommits => true;

    protected override async Task<DbConnection> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellation);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or IOException)
        {
            // A server whose name is not known now is away like any other.
            throw new NpgsqlException(e.Message, e);
        }
    }

    protected override async Task<DbTransaction> BeginAloneAsync(DbConnection connection, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        await new SqlSession(connection, transaction, cancellation).ExecuteAsync($"SELECT pg_advisory_xact_lock({MigrationLock})");
        return transaction;
    }

    protected override async Task<bool> TryClaimAsync(CancellationToken cancellation)
    {
        // The server lets go of the lock with this connection.
        _claim ??= await ConnectAsync(cancellation);
        return (await new SqlSession(_claim, null, cancellation).QueryAsync($"SELECT pg_try_advisory_lock({CoordinatorLock})", row => row.GetBoolean(0)))[0];
    }

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    protected override StoreTrouble Diagnose(DbException failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => StoreTrouble.Full,
        // Connections, resources, an operator's hand on the server, and transactions that were in each other's way.
        PostgresException { SqlState: ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] or ['4', '0', ..] } => StoreTrouble.Away,
        // A password or database that was taken away while it runs may be given back.
        PostgresException { SqlState: ['2', '8', ..] or PostgresErrorCodes.InvalidCatalogName } => StoreTrouble.Away,
        PostgresException => StoreTrouble.None,
        _ => StoreTrouble.Away,
    };

    protected override string Reason(DbException failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "the server's disk is full",
        PostgresException server => server.MessageText,
        { InnerException: { } cause } => $"{failure.Message.TrimEnd('.')} ({cause.Message.TrimEnd('.')})",
        _ => failure.Message.TrimEnd('.'),
    };

    protected override async ValueTask DisconnectAsync()
    {
        if (_claim is not null)
            await _claim.DisposeAsync();
        await _source.DisposeAsync();
    }
}
