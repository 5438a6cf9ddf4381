using Microsoft.Extensions.Logging;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Hosts a <see cref="JobQueue"/>: the queue in memory; the store knows who waits. It calls the grains of jobs and is told
/// by them, never within one of their turns. It knows who runs, and stays.
/// </summary>
[KeepAlive]
internal sealed class QueueGrain(IJobStore store, CoordinatorOptions options, IGrainFactory grains, ILogger<QueueGrain> log) : Grain, IQueueGrain
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(2);

    // Nobody waits for it: it finds what nobody told.
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(15);

    private readonly JobQueue _queue = new(options.JobsAtOnce, options.RunningMegapixels * 1_000_000L);
    private IGrainTimer? _again;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        int waiting = 0;
        foreach (var job in await store.ListAsync(unfinished: true, owner: null, cancellationToken))
        {
            var state = job.State;
            // Whether these still run only their grains know: this may be a new queue beside running jobs.
            if (state is V1.JobState.Running or V1.JobState.Cancelling)
                state = (await JobOf(job.Id).CommandAsync(JobCommand.Restart, Transition.Coordinator, "the coordinator was restarted"))?.State ?? JobMove.Gone;
            if (state is not (V1.JobState.Queued or V1.JobState.Running))
                continue;
            waiting++;
            var entry = QueueEntry.Of(job);
            _queue.Add(entry);
            if (state == V1.JobState.Running && await JobOf(job.Id).StartAsync() is { } start)
                _queue.Start(entry, start.MegapixelSteps);
        }
        if (waiting > 0)
            log.TakenUp(waiting);
        this.RegisterGrainTimer(LookAsync, LookPeriod, LookPeriod);
    }

    public Task WakeAsync() => AdvanceAsync();

    public Task AddAsync(QueueEntry job)
    {
        _queue.Add(job);
        return AdvanceAsync();
    }

    public Task RemoveAsync(string job)
    {
        _queue.Remove(job);
        return AdvanceAsync();
    }

    public Task FreeAsync(string job, double left, QueueEntry? again)
    {
        _queue.Free(job, left, again);
        return AdvanceAsync();
    }

    /// <summary>
    /// Adds jobs that the store says are queued and nobody has told of, such as one whose submission was committed though its
    /// answer was lost on the way from the database. Nothing of a job that has moved on meanwhile comes of it.
    /// </summary>
    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var job in await store.ListAsync(unfinished: true, owner: null, cancellation))
                if (job.State == V1.JobState.Queued)
                    _queue.Add(QueueEntry.Of(job));
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            // The next look finds them, or the next process.
            return;
        }
        await AdvanceAsync();
    }

    private async Task AdvanceAsync()
    {
        try
        {
            while (_queue.Next() is { } next)
            {
                // A job that cannot be asked keeps its place. One that was cancelled or paused while it waited has nothing to run.
                if (await JobOf(next.Job).StartAsync() is { } start)
                    _queue.Start(next, start.MegapixelSteps);
                else
                    _queue.Remove(next.Job);
            }
            // Its place is free when its run has ended.
            if (_queue.FindWay(out string why) is { } job)
            {
                await JobOf(job.Job).CommandAsync(JobCommand.GiveWay, Transition.Coordinator, why);
                _queue.GiveWay(job);
            }
        }
        catch (Exception e)
        {
            // The store, perhaps. Nobody else may come and ask.
            log.CannotAdvance(e is StoreException ? null : e, e.Message);
            _again ??= this.RegisterGrainTimer(AdvanceAgainAsync, TryAgain, Timeout.InfiniteTimeSpan);
        }
    }

    private Task AdvanceAgainAsync()
    {
        _again?.Dispose();
        _again = null;
        return AdvanceAsync();
    }

    private IJobGrain JobOf(string job) => grains.GetGrain<IJobGrain>(job);
}
