using System.Diagnostics;
using System.Text.Json;

namespace DreamFarm.Farm.Tests;

/// <summary>One job on a coordinator and a worker as processes, with everything that an operator sees of it. Made once for all tests.</summary>
public sealed class WatchedFarm : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly List<string> _lines = [];

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
        using var coordinator = DreamfarmRun.StartWith(
            environment, _folder.FullName, "coordinator", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--data", "data", "--log", "json", "--log-level", "debug");
        using var client = new HttpClient();
        Process? worker = null;
        try
        {
            coordinator.BeginOutputReadLine();
            JsonElement start;
            do
                start = JsonDocument.Parse((await ReadLogAsync(coordinator))!).RootElement;
            while (!start.TryGetProperty("web", out _));
            string url = start.GetProperty("address").GetString()!, web = start.GetProperty("web").GetString()!;
            var reading = Task.Run(async () =>
            {
                while (await ReadLogAsync(coordinator) is not null)
                {
                }
            });

            worker = DreamfarmRun.StartWith(
                environment, _folder.FullName, "worker", "--coordinator", url, "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--lanes", "1", "--log", "json");
            worker.BeginOutputReadLine();
            string said = (await worker.StandardError.ReadLineAsync())!;
            string workerWeb = $"http://{said.Split("web on ")[1].Split('"')[0]}";
            var draining = worker.StandardError.ReadToEndAsync();

            var run = await DreamfarmRun.InAsync(
                _folder.FullName, "submit", "in.png", "-o", "out.npy", "--octaves", "2", "--steps", "2", "--layers", "3a", "--tile", "64", "--coordinator", url);
            Assert.True(run.ExitCode == 0, run.Errors);
            Job = run.Output.Trim();

            CoordinatorMetrics = PrometheusText.Parse(await client.GetStringAsync(new Uri($"{web}metrics")));
            WorkerMetrics = PrometheusText.Parse(await client.GetStringAsync(new Uri($"{workerWeb}/metrics")));
            int ready = await StatusAsync();
            DreamfarmRun.Send(coordinator, Signal.Terminate);
            await coordinator.WaitForExitAsync();
            await reading;
            int after = ready;
            for (var waited = Stopwatch.StartNew(); after == ready && waited.Elapsed < TimeSpan.FromMinutes(3); await Task.Delay(200))
                after = await StatusAsync();
            Ready = (ready, after);
            DreamfarmRun.Send(worker, Signal.Terminate);
            await worker.WaitForExitAsync();
            await draining;

            async Task<int> StatusAsync()
            {
                using var answer = await client.GetAsync(new Uri($"{workerWeb}/health/ready"));
                return (int)answer.StatusCode;
            }
        }
        finally
        {
            foreach (var process in new[] { coordinator, worker }.OfType<Process>())
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
            worker?.Dispose();
        }
        (Spans, MetricsSent) = ([.. collector.Spans], collector.Metrics);
        Log = [.. _lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string?> ReadLogAsync(Process process)
    {
        string? line = await process.StandardError.ReadLineAsync();
        if (line is not null)
            _lines.Add(line);
        return line;
    }
}
