using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DreamFarm.Coordinator;

/// <summary>
/// The jobs that run in this process. When it is told to stop they are suspended, each with a checkpoint, as far as there is time
/// for that, before anything that they need stops.
/// </summary>
internal sealed class JobRuns(
    JobFiles files, InputDecoding decoding, CoordinatorOptions options, IGrainFactory grains, TimeProvider time, IOptions<HostOptions> host, ILogger<JobGrain> log)
    : IHostedLifecycleService
{
    // Far below what a host has to stop: half a minute, as Kubernetes gives a pod.
    private readonly TimeSpan _stopLimit = host.Value.ShutdownTimeout / 3;

    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private readonly HashSet<JobRun> _runs = [];
    private bool _stopping;

    /// <summary>Cancelled when the process stops and suspended jobs have had their time.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether the process stops: what becomes of jobs now is not theirs.</summary>
    public bool IsStopping
    {
        get
        {
            lock (_lock)
                return _stopping;
        }
    }

    /// <summary>A run that is yet to begin.</summary>
    public JobRun Create(JobFeed feed) => new(this, feed, files, decoding, options.CheckpointPeriod, grains, time, log);

    /// <summary>A run begins; it is suspended at once if the process stops.</summary>
    public void Add(JobRun run)
    {
        lock (_lock)
        {
            _runs.Add(run);
            if (!_stopping)
                return;
        }
        run.Suspend();
    }

    /// <summary>A run has ended.</summary>
    public void Remove(JobRun run)
    {
        lock (_lock)
            _runs.Remove(run);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        JobRun[] runs;
        lock (_lock)
        {
            _stopping = true;
            runs = [.. _runs];
        }
        foreach (var run in runs)
            run.Suspend();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var over = Task.Delay(_stopLimit, time, limit.Token);
        if (await Task.WhenAny(Task.WhenAll(runs.Select(run => run.Ended)), over) == over)
            log.NotSuspended(runs.Count(run => !run.Ended.IsCompleted));
        await limit.CancelAsync();
        await _ended.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
