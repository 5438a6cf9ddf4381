using System.Diagnostics.Metrics;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Counts jobs and workers by their states, and how long the oldest job of each priority has waited. It counts whenever somebody is
/// about to look at /metrics, and every few seconds where metrics are sent over OTLP.
/// </summary>
internal sealed class FarmCensus : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly V1.JobState[] JobStates = [V1.JobState.Queued, V1.JobState.Running, V1.JobState.Paused, V1.JobState.Cancelling];
    private static readonly V1.WorkerState[] WorkerStates =
        [V1.WorkerState.Idle, V1.WorkerState.Busy, V1.WorkerState.Draining, V1.WorkerState.Lost, V1.WorkerState.Quarantined];

    private readonly IJobStore _store;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger<FarmCensus> _log;
    private readonly Meter _meter = new(MeterNames.Farm);
    private volatile Measurement<long>[] _jobs = [];
    private volatile Measurement<long>[] _workers = [];
    private volatile Measurement<double>[] _waits = [];

    public FarmCensus(IJobStore store, IGrainFactory grains, TimeProvider time, ILogger<FarmCensus> log)
    {
        (_store, _grains, _time, _log) = (store, grains, time, log);
        _meter.CreateObservableUpDownCounter("dreamfarm.jobs", () => _jobs, "{job}", "Jobs that are not finished, by state.");
        _meter.CreateObservableUpDownCounter("dreamfarm.workers", () => _workers, "{worker}", "Registered workers, by state.");
        _meter.CreateObservableGauge("dreamfarm.queue.oldest_wait", () => _waits, "s", "How long the oldest job of a priority has been queued.");
    }

    /// <summary>Counts now; what cannot be counted stays as it was.</summary>
    public async Task CountAsync(CancellationToken cancellation)
    {
        try
        {
            var jobs = await _store.ListAsync(unfinished: true, owner: null, cancellation);
            var now = _time.GetUtcNow();
            _jobs = [.. JobStates.Select(state => new Measurement<long>(jobs.Count(job => job.State == state), State(state)))];
            _waits = [.. jobs.Where(job => job.State == V1.JobState.Queued).GroupBy(job => job.Priority).Select(queue =>
                new Measurement<double>((now - queue.Min(job => job.Submitted)).TotalSeconds, new KeyValuePair<string, object?>("priority", queue.Key)))];

            byte[] listed = await _grains.GetGrain<IWorkersGrain>(0).ListAsync().WaitAsync(cancellation);
            var workers = V1.ListWorkersReply.Parser.ParseFrom(listed).Workers;
            _workers = [.. WorkerStates.Select(state => new Measurement<long>(workers.Count(worker => worker.State == state), State(state)))];
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            _log.NotCounted(e);
        }
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!OtlpExport.IsWanted)
            return;
        using var timer = new PeriodicTimer(Period, _time);
        do
            await CountAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static KeyValuePair<string, object?> State(Enum state) => new("state", FarmMeter.StateName(state));
}
