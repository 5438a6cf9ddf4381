using System.Diagnostics;
using DreamFarm.Coordinator.Tests;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace DreamFarm.Coordinator.Tests;

/// <summary>A PostgreSQL server of the tests' own, started by the first test that wants it and shared by all.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "dreamfarm";

    /// <summary>Needs escaping in a URL, and must never be seen in a message.</summary>
    public const string Password = "se/cret@7#?";

    private readonly SemaphoreSlim _starting = new(1);
    private string? _folder;
    private Process? _server;
    private string? _problem;

    public int Port { get; private set; }

    /// <summary>A new, empty database; skips the test where there is no PostgreSQL.</summary>
    /// <returns>Its URL.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_server is null && _problem is null)
                _problem = await StartAsync();
        }
        finally
        {
            _starting.Release();
        }
        Assert.SkipWhen(_problem is not null, _problem ?? "");
        string name = "t" + Guid.NewGuid().ToString("N");
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var create = source.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        return Url(Port, name);
    }

    public static string Url(int port, string database, string password = Password) =>
        $"postgres://{User}:{Uri.EscapeDataString(password)}@127.0.0.1:{port}/{database}?sslmode=disable";

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            // The shell around it stops it when its input ends: also if the tests are killed.
            _server.StandardInput.Close();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    /// <returns>Why not.</returns>
    private async Task<string?> StartAsync()
    {
        string? programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            : null;
        if (programs is null)
            return "there is no PostgreSQL server in /usr/lib/postgresql: scripts/test-setup.sh installs it";
        _folder = Directory.CreateTempSubdirectory("dreamfarm-postgres-").FullName;
        string passwordFile = Path.Combine(_folder, "password"), data = Path.Combine(_folder, "data");
        await File.WriteAllTextAsync(passwordFile, Password);
        // The server insists on not being root.
        string[] as_ = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];
        if (as_.Length > 0 && await RunAsync("chown", "-R", "postgres", _folder) is { } refused)
            return refused;
        if (await RunAsync([.. as_, Path.Combine(programs, "initdb"), "-D", data, "-U", User, "-A", "scram-sha-256", "--pwfile", passwordFile, "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"]) is { } problem)
            return $"PostgreSQL's initdb failed: {problem}";
        Port = FreePort.Next();
        string run = $"'{programs}/postgres' -D '{data}' -p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{_folder}' -c fsync=off >'{_folder}/log' 2>&1 & cat >/dev/null; kill -QUIT $!; wait";
        string[] command = [.. as_, "sh", "-c", run];
        _server = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true })!;
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                return null;
            }
            catch (NpgsqlException e) when (clock.Elapsed > TimeSpan.FromMinutes(3))
            {
                return $"PostgreSQL does not start: {e.Message} {await File.ReadAllTextAsync(Path.Combine(_folder, "log"))}";
            }
            catch (NpgsqlException)
            {
            }
        }
    }

    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = User,
        Password = Password,
        Database = database,
        Pooling = false,
        Timeout = 180,
        CommandTimeout = 180,
    }.ToString();

    private static async Task<string?> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : $"{command[0]} ended with {process.ExitCode}: {errors}";
    }
}
