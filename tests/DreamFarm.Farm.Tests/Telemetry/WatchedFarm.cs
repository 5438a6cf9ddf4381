using System.Diagnostics;
using System.Text.Json;

namespace DreamFarm.Farm.Tests;

/// <summary>One job on a coordinator and a worker as processes, with everything that an operator sees of it. Made once for all tests.</summary>
public sealed class WatchedFarm : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TestFolder _folder = new();

    internal IReadOnlyCollection<ReceivedSpan> Spans { get; private set; } = [];

    internal int MetricsSent { get; private set; }

    internal PrometheusText CoordinatorMetrics { get; private set; } = null!;

    internal PrometheusText WorkerMetrics { get; private set; } = null!;

    /// <summary>What the coordinator logged.</summary>
    internal IReadOnlyList<JsonElement> Log { get; private set; } = [];

    internal string Job { get; private set; } = "";

    internal (int WhileServing, int AfterTheCoordinator) Ready { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await using var collector = await Collector.StartAsync();
        string[] environment = [$"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_TRACES_SAMPLER=always_on"];
        await Picture.DrawAsync(_folder["in.png"], 200, 150);
        await using var coordinator = new Server(DreamfarmRun.StartWith(
            environment, _folder.FullName, "coordinator", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--data", "data", "--log", "json", "--log-level", "debug"));
        using var client = new HttpClient();
        var start = JsonDocument.Parse(await coordinator.SaysAsync("\"listening on ")).RootElement;
        string url = start.GetProperty("address").GetString()!, web = start.GetProperty("web").GetString()!;
        await using var worker = new Server(DreamfarmRun.StartWith(
            environment, _folder.FullName, "worker", "--coordinator", url, "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--lanes", "1", "--log", "json"));
        string workerWeb = $"http://{(await worker.SaysAsync("web on ")).Split("web on ")[1].Split('"')[0]}";

        var run = await DreamfarmRun.InAsync(
            _folder.FullName, "submit", "in.png", "-o", "out.npy", "--octaves", "2", "--steps", "2", "--layers", "3a", "--tile", "64", "--coordinator", url);
        Assert.True(run.ExitCode == 0, run.Errors);
        Job = run.Output.Trim();

        // The client may know that the job is done a moment before it is counted, and before the worker has let go of its last window.
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(100))
        {
            CoordinatorMetrics = PrometheusText.Parse(await client.GetStringAsync(new Uri($"{web}metrics")));
            WorkerMetrics = PrometheusText.Parse(await client.GetStringAsync(new Uri($"{workerWeb}/metrics")));
            if (CoordinatorMetrics.Series.Contains("dreamfarm_jobs_finished_total{state=\"done\"}") && WorkerMetrics["dreamfarm_windows_held"] == 0)
                break;
        }
        int ready = await StatusAsync();
        DreamfarmRun.Send(coordinator.Process, Signal.Terminate);
        await coordinator.Process.WaitForExitAsync();
        int after = ready;
        for (var waited = Stopwatch.StartNew(); after == ready && waited.Elapsed < Patience; await Task.Delay(200))
            after = await StatusAsync();
        Ready = (ready, after);
        DreamfarmRun.Send(worker.Process, Signal.Terminate);
        await worker.Process.WaitForExitAsync();
        (Spans, MetricsSent) = ([.. collector.Spans], collector.Metrics);
        Log = [.. coordinator.Said.Select(line => JsonDocument.Parse(line).RootElement)];

        async Task<int> StatusAsync()
        {
            using var answer = await client.GetAsync(new Uri($"{workerWeb}/health/ready"));
            return (int)answer.StatusCode;
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
