using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// What all databases have in common: the migrations, and one writer that commits together whatever waits, so that many
/// submissions at once share one wait for the disk.
/// </summary>
internal abstract class Database(IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<Database> log) : IDatabase, IAsyncDisposable
{
    // Enough for every client that waits; few enough that the first does not wait long for the last.
    private const int MostTogether = 256;

    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Channel<WaitingWrite> _writes = Channel.CreateUnbounded<WaitingWrite>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private DbConnection? _writer;
    private bool _committing;
    private Task _writing = Task.CompletedTask;

    /// <summary>What people call it in messages, without any password.</summary>
    public abstract string Name { get; }

    /// <summary>The type of a column that numbers the rows in the order of their coming.</summary>
    protected abstract string IdentityType { get; }

    /// <summary>The type of a column of bytes.</summary>
    protected abstract string BytesType { get; }

    /// <summary>Opens the database and brings its tables to this program's version. Nothing else may be called before.</summary>
    /// <exception cref="StoreException">It cannot be reached, or it is newer than the program.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ConnectAsync(cancellation);
            await using var transaction = await BeginAloneAsync(connection, cancellation);
            await MigrateAsync(new SqlSession(connection, transaction, cancellation));
            await transaction.CommitAsync(cancellation);
        }
        catch (DbException e)
        {
            throw new StoreException($"the job store {Name} cannot be used: {Reason(e)}", Diagnose(e), e);
        }
        log.Opened(Name);
        _writing = Task.Run(WriteAllAsync, CancellationToken.None);
    }

    /// <summary>Takes the database for this coordinator alone, until it is disposed of or its process ends.</summary>
    /// <exception cref="StoreException">Another coordinator has it.</exception>
    public async Task ClaimAsync(CancellationToken cancellation)
    {
        try
        {
            // A server hears a moment late that a coordinator was killed.
            long began = time.GetTimestamp();
            while (!await TryClaimAsync(cancellation))
            {
                if (time.GetElapsedTime(began) > ShortPatience)
                    throw new StoreException($"another coordinator uses the job store {Name}: each needs one of its own", StoreTrouble.Unfit);
                await Task.Delay(FirstPause, time, cancellation);
            }
        }
        catch (DbException e)
        {
            throw new StoreException($"the job store {Name} cannot be used: {Reason(e)}", Diagnose(e), e);
        }
    }

    public async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                // A database in this process does its work on the caller's thread.
                return await Task.Run(async () =>
                {
                    await using var connection = await ConnectAsync(cancellation);
                    return await read(new SqlSession(connection, null, cancellation));
                }, cancellation);
            }
            catch (DbException e) when (Diagnose(e) == StoreTrouble.Away)
            {
                if (time.GetElapsedTime(began) > ShortPatience)
                    throw new StoreException($"the job store does not answer: {Reason(e)}", StoreTrouble.Away, e);
            }
            await Task.Delay(pause, time, cancellation);
        }
    }

    public async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, StorePatience patience, CancellationToken cancellation)
    {
        var waiting = new WaitingWrite<T>(write, patience, time.GetTimestamp(), cancellation);
        if (!_writes.Writer.TryWrite(waiting))
            throw Closed();
        return await waiting.Result;
    }

    /// <summary>Writes what waits, if the database lets it, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_writes.Writer.TryComplete())
            return;
        await _closing.CancelAsync();
        await _writing;
        await DropWriterAsync();
        await DisconnectAsync();
        _closing.Dispose();
    }

    /// <summary>An open connection, ready for use.</summary>
    /// <exception cref="DbException">It cannot be had.</exception>
    protected abstract Task<DbConnection> ConnectAsync(CancellationToken cancellation);

    /// <summary>Whether a commit that fails may have happened.</summary>
    protected abstract bool HidesCommits { get; }

    /// <summary>A transaction beside which no other process changes the tables.</summary>
    protected abstract Task<DbTransaction> BeginAloneAsync(DbConnection connection, CancellationToken cancellation);

    /// <returns>False if another coordinator has it.</returns>
    protected abstract Task<bool> TryClaimAsync(CancellationToken cancellation);

    protected abstract StoreTrouble Diagnose(DbException failure);

    /// <summary>To end a sentence with.</summary>
    protected abstract string Reason(DbException failure);

    /// <summary>Closes what is kept open for the next caller.</summary>
    protected abstract ValueTask DisconnectAsync();

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private static StoreException Closed() => new("the job store is closed: the coordinator is stopping", StoreTrouble.Away);

    private async Task MigrateAsync(SqlSession session)
    {
        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied BIGINT NOT NULL)");
        int version = (await session.QueryAsync("SELECT COALESCE(MAX(version), 0) FROM schema_versions", row => (int)row.GetInt64(0)))[0];
        int known = migrations.Count;
        if (version > known)
            throw new StoreException(
                $"the job store {Name} has tables of version {version}, and this program knows versions up to {known}: start a newer dreamfarm, or choose another store",
                StoreTrouble.Unfit);
        if (version < known)
            log.Migrating(version, known);
        foreach (var migration in migrations.Skip(version))
        {
            await session.ExecuteAsync(migration.Sql
                .Replace("{identity}", IdentityType, StringComparison.Ordinal)
                .Replace("{bytes}", BytesType, StringComparison.Ordinal));
            await session.ExecuteAsync("INSERT INTO schema_versions (version, name, applied) VALUES (@version, @name, @applied)",
                ("version", (long)migration.Version), ("name", migration.Name), ("applied", time.GetUtcNow().ToSql()));
        }
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<WaitingWrite>();
        while (await _writes.Reader.WaitToReadAsync())
            await WriteBatchAsync(batch);
    }

    /// <summary>Writes what waits, again and again until all of it is written or given up.</summary>
    private async Task WriteBatchAsync(List<WaitingWrite> batch)
    {
        long? away = null;
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            while (batch.Count < MostTogether && _writes.Reader.TryRead(out var next))
                batch.Add(next);
            batch.RemoveAll(write => write.IsOver());
            var failure = batch.Count == 0 ? null : await TryAsync(batch);
            if (failure is null)
            {
                if (away is { } since)
                    log.Back(time.GetElapsedTime(since).TotalSeconds);
                return;
            }

            var (trouble, reason) = (Diagnose(failure), Reason(failure));
            bool closing = _closing.IsCancellationRequested;
            string sentence = trouble == StoreTrouble.Full ? $"the job store is full: {reason}" : $"the job store does not answer: {reason}";
            batch.RemoveAll(write => (closing || !write.Waits(trouble, time, ShortPatience))
                && write.Fail(new StoreException(sentence, trouble, failure) { MayBeWritten = write.MayBeWritten }));
            if (away is null)
                log.Away(reason);
            away ??= time.GetTimestamp();
            await Task.Delay(pause, time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Writes all of them in one transaction, or each in its own if one is at fault.</summary>
    /// <returns>Why the database could not; then the batch holds what is to be written again. Null: the batch is done and empty.</returns>
    private async Task<DbException?> TryAsync(List<WaitingWrite> batch)
    {
        var failure = await TransactAsync(batch);
        if (failure is null)
        {
            batch.ForEach(write => write.Complete());
            batch.Clear();
            return null;
        }
        if (failure is DbException external && Diagnose(external) != StoreTrouble.None)
            return external;
        if (batch.Count == 1)
        {
            batch[0].Fail(failure);
            batch.Clear();
            return null;
        }
        while (batch.Count > 0)
        {
            List<WaitingWrite> one = [batch[0]];
            if (await TryAsync(one) is { } trouble)
                return trouble;
            batch.RemoveAt(0);
        }
        return null;
    }

    private async Task<Exception?> TransactAsync(List<WaitingWrite> batch)
    {
        // What has begun is brought to its end, whoever waits for it.
        var cancellation = CancellationToken.None;
        try
        {
            _writer ??= await ConnectAsync(cancellation);
            await using var transaction = await _writer.BeginTransactionAsync(cancellation);
            var session = new SqlSession(_writer, transaction, cancellation);
            foreach (var write in batch)
                await write.RunAsync(session);
            _committing = true;
            await transaction.CommitAsync(cancellation);
            _committing = false;
            return null;
        }
        catch (Exception e)
        {
            if (_committing && HidesCommits)
                batch.ForEach(write => write.MayBeWritten = true);
            _committing = false;
            // Whatever state it is in, a new one is in none.
            await DropWriterAsync();
            return e;
        }
    }

    private async Task DropWriterAsync()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync();
        }
    }
}
