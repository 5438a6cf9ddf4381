using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>A SQLite file. Readers never wait for the writer (WAL), and a commit is on the disk when it returns (synchronous FULL).</summary>
internal sealed class SqliteDatabase(string path, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<Database> log) : Database(migrations, time, log)
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5, Locked = 6, InputOutput = 10, Full = 13, CannotOpen = 14;

    private readonly string _connection = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        ForeignKeys = true,
        // Seconds that a statement waits for another process that writes.
        DefaultTimeout = 10,
    }.ToString();

    public override string Name => path;

    protected override string IdentityType => "INTEGER PRIMARY KEY AUTOINCREMENT";

    protected override string BytesType => "BLOB";

    protected override bool HidesCommits => false;

    protected override Task<DbConnection> ConnectAsync(CancellationToken cancellation)
    {
        SqliteLibrary.Load();
        var connection = new SqliteConnection(_connection);
        try
        {
            KeepPrivate();
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
            command.ExecuteNonQuery();
            return Task.FromResult<DbConnection>(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite gives its other files the rights of this one. It is made under another name and never opened here: a process that closes
    // a file loses all of its locks on it, SQLite's too.
    private void KeepPrivate()
    {
        if (File.Exists(path))
            return;
        string own = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(own, options).Dispose();
        try
        {
            File.Move(own, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was quicker.
            File.Delete(own);
        }
    }

    protected override Task<DbTransaction> BeginAloneAsync(DbConnection connection, CancellationToken cancellation) =>
        // Takes the file's write lock at once.
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    // It lies in the data folder, which one coordinator has at a time.
    protected override Task<bool> TryClaimAsync(CancellationToken cancellation) => Task.FromResult(true);

    protected override StoreTrouble Diagnose(DbException failure) => ((SqliteException)failure).SqliteErrorCode switch
    {
        Full => StoreTrouble.Full,
        Busy or Locked or InputOutput or CannotOpen => StoreTrouble.Away,
        _ => StoreTrouble.None,
    };

    protected override string Reason(DbException failure) => ((SqliteException)failure).SqliteErrorCode switch
    {
        Full => "the disk is full",
        Busy or Locked => "another program holds its file",
        // "SQLite Error 26: 'file is not a database'."
        _ when failure.Message.Split('\'') is [_, var words, ..] => words,
        _ => failure.Message,
    };

    protected override ValueTask DisconnectAsync()
    {
        using var any = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(any);
        return ValueTask.CompletedTask;
    }
}
