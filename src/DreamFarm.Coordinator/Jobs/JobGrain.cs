using DreamFarm.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>Hosts a <see cref="JobRun"/>, which goes on off the grain's turns; the turns only start it, stop it and pass news on.</summary>
internal sealed class JobGrain(IJobStore store, JobFiles files, IGrainFactory grains, TimeProvider time, IHostApplicationLifetime host, ILogger<JobGrain> log)
    : Grain, IJobGrain
{
    // A call must be answered within 30 seconds; a watcher asks again.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    private JobFeed? _feed;

    // Both only while the job runs.
    private CancellationTokenSource? _cancel;
    private JobRun? _run;

    public async Task<bool> StartAsync()
    {
        if (await FeedAsync() is not { } feed || feed.Record.State != V1.JobState.Queued)
            return false;
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        await SaveAsync(feed, feed.Record with { State = V1.JobState.Running, Started = time.GetUtcNow() });
        _ = RunAsync(feed);
        return true;
    }

    public async Task CancelAsync()
    {
        if (await FeedAsync() is not { } feed)
            return;
        if (feed.Record.State == V1.JobState.Queued)
        {
            await FinishAsync(feed, V1.JobState.Cancelled);
            log.Cancelled(feed.Record.Id);
        }
        else if (feed.Record.State == V1.JobState.Running)
        {
            await SaveAsync(feed, feed.Record with { State = V1.JobState.Cancelling });
            await _cancel!.CancelAsync();
        }
    }

    public Task ReportAsync(BandNews news)
    {
        _run?.Canvas.Report(news);
        return Task.CompletedTask;
    }

    public async Task<JobView?> LookAsync(long seen, int preview)
    {
        if (await FeedAsync() is not { } feed)
            return null;
        if (preview > 0)
            feed.Wishes.Add(preview);
        // The silo stops when its last call has been answered.
        await feed.WaitAsync(seen, LongestLook, host.ApplicationStopping);
        return feed.Look(seen, preview);
    }

    private async Task RunAsync(JobFeed feed)
    {
        using var scope = log.BeginScope(new WorkScope(feed.Record.Id));
        using var span = Spans.Root(Spans.Job)?.SetTag("dreamfarm.job", feed.Record.Id);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping);
        _cancel = cancel;
        try
        {
            var run = _run = new JobRun(feed, files, grains, time, log);
            await Task.Run(() => run.RunAsync(cancel.Token));
            await FinishAsync(feed, V1.JobState.Done);
            log.Done(feed.Record.Id, (feed.Record.Finished - feed.Record.Started)!.Value.TotalSeconds);
        }
        catch (Exception) when (host.ApplicationStopping.IsCancellationRequested)
        {
            // Whatever breaks while the silo stops is not the job's failure.
            return;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            await FinishAsync(feed, V1.JobState.Cancelled);
            log.Cancelled(feed.Record.Id);
        }
        catch (Exception e)
        {
            string problem = JobProblem.Sentence(e, out bool isBug);
            await FinishAsync(feed, V1.JobState.Failed, problem);
            log.Failed(isBug ? e : null, feed.Record.Id, problem);
        }
        (_run, _cancel) = (null, null);
        DelayDeactivation(TimeSpan.Zero);
        await grains.GetGrain<IQueueGrain>(0).FinishedAsync(feed.Record.Id);
    }

    private async Task FinishAsync(JobFeed feed, V1.JobState state, string problem = "")
    {
        await SaveAsync(feed, feed.Record with { State = state, Problem = problem, Finished = time.GetUtcNow(), Progress = feed.Progress });
        FarmMeter.JobFinished(state);
        try
        {
            files.DeletePixels(feed.Record.Id, keepAlpha: state == V1.JobState.Done);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.PixelsNotDeleted(e, feed.Record.Id);
        }
    }

    /// <summary>Null as long as there is no such job.</summary>
    private async Task<JobFeed?> FeedAsync()
    {
        if (_feed is null && await store.FindAsync(this.GetPrimaryKeyString(), CancellationToken.None) is { } record)
            _feed ??= new JobFeed(record, time);
        return _feed;
    }

    private async Task SaveAsync(JobFeed feed, JobRecord record)
    {
        var transition = record.State == feed.Record.State ? null : new Transition(time.GetUtcNow(), record.State, Transition.Coordinator, record.Problem);
        await store.UpdateAsync(record, transition, CancellationToken.None);
        feed.Set(record);
    }
}
