using Orleans;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>The queue in memory; the store knows who waits.</summary>
internal sealed class QueueGrain(IJobStore store, CoordinatorOptions options, IGrainFactory grains) : Grain, IQueueGrain
{
    private readonly LinkedList<string> _waiting = [];
    private readonly HashSet<string> _running = [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // It knows who runs: it must not be collected.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        foreach (var job in await store.ListAsync(unfinished: true, cancellationToken))
            if (job.State == V1.JobState.Queued)
                _waiting.AddLast(job.Id);
    }

    public async Task AddAsync(string job)
    {
        if (!_waiting.Contains(job) && !_running.Contains(job))
            _waiting.AddLast(job);
        await AdvanceAsync();
    }

    public async Task FinishedAsync(string job)
    {
        _running.Remove(job);
        await AdvanceAsync();
    }

    private async Task AdvanceAsync()
    {
        while (_running.Count < options.JobsAtOnce && _waiting.First is { Value: var next })
        {
            // A job that cannot be asked keeps its place. One that was cancelled while it waited has nothing to run.
            bool runs = await grains.GetGrain<IJobGrain>(next).StartAsync();
            _waiting.RemoveFirst();
            if (runs)
                _running.Add(next);
        }
    }
}
