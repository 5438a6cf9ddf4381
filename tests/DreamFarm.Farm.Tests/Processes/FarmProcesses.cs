using System.Diagnostics;
using System.Text.Json;

namespace DreamFarm.Farm.Tests;

/// <summary>A coordinator and workers as real processes on loopback, and the commands of a client.</summary>
internal sealed class FarmProcesses : IAsyncDisposable
{
    private readonly List<Server> _servers = [];
    private readonly TestFolder _folder;
    private readonly string[] _coordinatorFlags;

    private FarmProcesses(TestFolder folder, string[] coordinatorFlags)
    {
        (_folder, _coordinatorFlags) = (folder, coordinatorFlags);
        _servers.Add(Serve(CoordinatorArguments));
    }

    /// <summary>Where the coordinator listens.</summary>
    public string Url { get; } = $"http://127.0.0.1:{FreePort.Next()}";

    /// <summary>The coordinator's process.</summary>
    public Process Coordinator => _servers[0].Process;

    /// <summary>The workers' processes, in the order of their start.</summary>
    public IEnumerable<Process> Workers => _servers.Skip(1).Select(worker => worker.Process);

    /// <summary>Starts a coordinator and workers of some lanes each, and returns when all are registered.</summary>
    public static async Task<FarmProcesses> StartAsync(TestFolder folder, params int[] lanes)
    {
        var farm = new FarmProcesses(folder, []);
        foreach (int count in lanes)
            farm.AddWorker(count);
        return await farm.StartedAsync();
    }

    /// <summary>Starts a coordinator with flags of its own and a worker of one lane, whose answers pass the gate, and returns when it is registered.</summary>
    public static async Task<FarmProcesses> StartAsync(TestFolder folder, Gate gate, params string[] coordinatorFlags)
    {
        var farm = new FarmProcesses(folder, coordinatorFlags);
        farm.AddWorker(lanes: 1, "--listen", $"127.0.0.1:{gate.Target}", "--advertise", $"127.0.0.1:{gate.Port}");
        return await farm.StartedAsync();
    }

    /// <summary>Ends the coordinator as SIGKILL does and starts another in its place, without waiting for it.</summary>
    public async Task ReplaceCoordinatorAsync()
    {
        await _servers[0].DisposeAsync();
        _servers[0] = Serve(CoordinatorArguments);
    }

    /// <summary>Returns when the coordinator answers.</summary>
    public Task ListeningAsync() => _servers[0].SaysAsync("listening on ");

    /// <summary>Starts a worker more, and does not wait for it.</summary>
    public Process AddWorker(int lanes) => AddWorker(lanes, "--listen", "127.0.0.1:0");

    /// <summary>Runs a client's command.</summary>
    public Task<DreamfarmRun> RunAsync(params string[] arguments) => DreamfarmRun.InAsync(_folder.FullName, [.. arguments, "--coordinator", Url]);

    /// <summary>Starts a client's command; the caller ends it.</summary>
    public Process Start(params string[] arguments) => DreamfarmRun.Start(_folder.FullName, [.. arguments, "--coordinator", Url]);

    /// <summary>Steps that a running job of one octave has done.</summary>
    public async Task<int> StepAsync(string id)
    {
        var shown = await RunAsync("jobs", "show", id, "--json");
        Assert.True(shown.ExitCode == 0, shown.Errors);
        using var job = JsonDocument.Parse(shown.Output);
        Assert.Equal("running", job.RootElement.GetProperty("state").GetString());
        return job.RootElement.GetProperty("progress").GetProperty("step").GetInt32() + 1;
    }

    /// <summary>The first line of a worker with a text in it, whether it was said before or is yet to be said.</summary>
    public Task<string> SaysAsync(Process worker, string text) => _servers.Single(server => server.Process == worker).SaysAsync(text);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
            await server.DisposeAsync();
    }

    private string[] CoordinatorArguments => ["coordinator", "--listen", new Uri(Url).Authority, "--web", "127.0.0.1:0", "--data", _folder["data"], .. _coordinatorFlags];

    private Process AddWorker(int lanes, params string[] flags)
    {
        var worker = Serve(["worker", .. flags, "--lanes", $"{lanes}", "--coordinator", Url]);
        _servers.Add(worker);
        return worker.Process;
    }

    private async Task<FarmProcesses> StartedAsync()
    {
        try
        {
            await ListeningAsync();
            foreach (var worker in _servers.Skip(1))
                await worker.SaysAsync(" is registered with ");
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private Server Serve(string[] arguments) => new(DreamfarmRun.Start(_folder.FullName, arguments));
}
