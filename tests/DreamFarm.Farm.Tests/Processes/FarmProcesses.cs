using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>A coordinator and workers as real processes on loopback, and the commands of a client.</summary>
internal sealed class FarmProcesses : IAsyncDisposable
{
    private readonly List<Process> _servers = [];
    private readonly TestFolder _folder;
    private string[] _coordinatorFlags = [];

    private FarmProcesses(TestFolder folder) => _folder = folder;

    /// <summary>Where the coordinator listens.</summary>
    public string Url { get; } = $"http://127.0.0.1:{FreePort.Next()}";

    /// <summary>The coordinator's process.</summary>
    public Process Coordinator => _servers[0];

    /// <summary>The workers' processes, in the order of their start.</summary>
    public IEnumerable<Process> Workers => _servers.Skip(1);

    /// <summary>Starts a coordinator and workers of some lanes each, and waits until all are registered.</summary>
    public static Task<FarmProcesses> StartAsync(TestFolder folder, params int[] lanes) => StartAsync(folder, [], lanes);

    /// <summary>Starts a coordinator with flags of its own, and workers of some lanes each, and waits until all are registered.</summary>
    public static async Task<FarmProcesses> StartAsync(TestFolder folder, string[] coordinatorFlags, params int[] lanes)
    {
        var farm = new FarmProcesses(folder) { _coordinatorFlags = coordinatorFlags };
        farm.Serve(farm.CoordinatorArguments);
        foreach (int count in lanes)
            farm.AddWorker(count);

        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(200, TestContext.Current.CancellationToken))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), "the farm did not start");
            var listed = await farm.RunAsync("workers", "list");
            if (listed.ExitCode == 0 && listed.Output.Split('\n').Count(line => line.StartsWith("w-", StringComparison.Ordinal)) == lanes.Length)
                return farm;
        }
    }

    /// <summary>Ends the coordinator as SIGKILL does and starts another in its place, without waiting for it.</summary>
    public async Task ReplaceCoordinatorAsync()
    {
        Coordinator.Kill(entireProcessTree: true);
        await Coordinator.WaitForExitAsync();
        Coordinator.Dispose();
        var next = Serve(CoordinatorArguments);
        _servers.Remove(next);
        _servers[0] = next;
    }

    /// <summary>Starts a worker more, and does not wait for it.</summary>
    public Process AddWorker(int lanes) => Serve("worker", "--listen", "127.0.0.1:0", "--lanes", $"{lanes}", "--coordinator", Url);

    /// <summary>Runs a client's command.</summary>
    public Task<DreamfarmRun> RunAsync(params string[] arguments) => DreamfarmRun.InAsync(_folder.FullName, [.. arguments, "--coordinator", Url]);

    /// <summary>Starts a client's command; the caller ends it.</summary>
    public Process Start(params string[] arguments) => DreamfarmRun.Start(_folder.FullName, [.. arguments, "--coordinator", Url]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
        }
    }

    private string[] CoordinatorArguments => ["coordinator", "--listen", new Uri(Url).Authority, "--web", "127.0.0.1:0", "--data", _folder["data"], .. _coordinatorFlags];

    private Process Serve(params string[] arguments)
    {
        var server = DreamfarmRun.Start(_folder.FullName, arguments);
        _servers.Add(server);
        // Nobody reads what it says; a full pipe would stop it.
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        return server;
    }
}
