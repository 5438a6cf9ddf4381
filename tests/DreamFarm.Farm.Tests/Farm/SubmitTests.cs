using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DreamFarm.Farm.Tests;

/// <summary>A coordinator and two workers as processes, and the commands of a client.</summary>
public sealed class SubmitTests : IAsyncDisposable
{
    private static readonly string[] Dream = ["--octaves", "2", "--steps", "2", "--layers", "3a", "--tile", "64"];

    private readonly TestFolder _folder = new();
    private readonly List<Process> _servers = [];
    private readonly string _url = $"http://127.0.0.1:{FreePort()}";

    [Fact]
    public async Task A_submitted_job_gives_the_bytes_of_render()
    {
        await Picture.DrawAsync(_folder["in.png"], 200, 150);
        await StartFarmAsync(workers: 2);

        var submitted = await RunAsync(["submit", "in.png", "-o", "farm.npy", .. Dream]);
        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. Dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));

        string id = submitted.Output.Trim();
        Assert.Contains(id, (await RunAsync("jobs", "list")).Output);
        Assert.Contains("done", (await RunAsync("jobs", "show", id)).Output);
        Assert.Equal(0, (await RunAsync("jobs", "result", id, "-o", "again.jpg")).ExitCode);
        Assert.True(File.Exists(_folder["again.jpg"]));
    }

    [Fact]
    public async Task What_the_coordinator_refuses_is_one_sentence_and_no_job()
    {
        await Picture.DrawAsync(_folder["dot.png"], 1, 1);
        await File.WriteAllTextAsync(_folder["text.png"], "I am a poem.\n", TestContext.Current.CancellationToken);
        await StartFarmAsync(workers: 0);

        Assert.StartsWith("octave 0 would be 1x1 pixels", (await RunAsync("submit", "dot.png", "-o", "out.png")).Refusal());
        Assert.Contains("text.png", (await RunAsync("submit", "text.png", "-o", "out.png")).Refusal());
        Assert.False(File.Exists(_folder["out.png"]));
        Assert.Contains("\"nope\"", (await RunAsync("jobs", "show", "nope")).Refusal());
        Assert.Equal("[]", (await RunAsync("jobs", "list", "--json")).Output.Trim());
    }

    [Fact]
    public async Task A_second_coordinator_on_the_same_address_is_refused()
    {
        await StartFarmAsync(workers: 0);
        var run = await DreamfarmRun.InAsync(_folder.FullName, "coordinator", "--listen", new Uri(_url).Authority, "--data", "other");
        Assert.Contains("choose another address with --listen", run.Refusal());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
        }
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private Task<DreamfarmRun> RunAsync(params string[] arguments) => DreamfarmRun.InAsync(_folder.FullName, [.. arguments, "--coordinator", _url]);

    private async Task StartFarmAsync(int workers)
    {
        Serve("coordinator", "--listen", new Uri(_url).Authority, "--data", "data");
        for (int worker = 0; worker < workers; worker++)
            Serve("worker", "--listen", "127.0.0.1:0", "--lanes", "1", "--coordinator", _url);

        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(200, TestContext.Current.CancellationToken))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), "the farm did not start");
            var listed = await RunAsync("workers", "list");
            if (listed.ExitCode == 0 && listed.Output.Split('\n').Count(line => line.StartsWith("w-", StringComparison.Ordinal)) == workers)
                return;
        }
    }

    private void Serve(params string[] arguments)
    {
        var server = DreamfarmRun.Start(_folder.FullName, arguments);
        _servers.Add(server);
        // Nobody reads what it says; a full pipe would stop it.
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
    }
}
