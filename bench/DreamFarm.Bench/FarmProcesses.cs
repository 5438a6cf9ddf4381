using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace DreamFarm.Bench;

/// <summary>A coordinator and workers as real processes on loopback, in a folder of their own.</summary>
internal sealed class FarmProcesses : IAsyncDisposable
{
    private readonly List<Process> _workers = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-bench-").FullName;

    private FarmProcesses(int port)
    {
        Url = $"http://127.0.0.1:{port}";
        Coordinator = Dreamfarm.Start("coordinator", "--listen", $"127.0.0.1:{port}", "--web", "127.0.0.1:0", "--data", _folder);
    }

    public string Url { get; }

    public Process Coordinator { get; }

    public IReadOnlyList<Process> Workers => _workers;

    /// <summary>Starts them and waits until every worker is registered.</summary>
    public static async Task<FarmProcesses> StartAsync(int workers, int lanes)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var farm = new FarmProcesses(port);
        for (int i = 0; i < workers; i++)
            farm._workers.Add(Dreamfarm.Start("worker", "--coordinator", farm.Url, "--listen", "127.0.0.1:0", "--lanes", $"{lanes}"));
        for (int tries = 0; ; tries++)
        {
            var (code, output) = await Dreamfarm.RunAsync("workers", "list", "--json", "--coordinator", farm.Url);
            if (code == 0 && JsonDocument.Parse(output).RootElement.GetArrayLength() == workers)
                return farm;
            if (tries > 60)
                throw new InvalidOperationException("the workers did not register within a minute");
            await Task.Delay(1000);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _workers.Append(Coordinator))
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }
}
