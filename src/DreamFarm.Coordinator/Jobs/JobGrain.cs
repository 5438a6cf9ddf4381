using DreamFarm.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Moves a job from state to state, each move written down before it takes effect, and hosts its <see cref="JobRun"/>. The record
/// changes only in the grain's turns, one after the other; a run goes on off the turns, and its end comes back as a call like any other.
/// No turn waits for the disk: its thread is one of few, and whoever sends a message may wait for a grain's first turn.
/// </summary>
[KeepAlive]
internal sealed class JobGrain(IJobStore store, JobFiles files, JobRuns runs, IGrainFactory grains, TimeProvider time, IHostApplicationLifetime host, ILogger<JobGrain> log)
    : Grain, IJobGrain
{
    // A call must be answered within 30 seconds; a watcher asks again.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(1);

    private JobFeed? _feed;
    // Since somebody looked whether the grain is needed.
    private bool _asked;
    private bool _deleted;

    // Only while a run is under way, which may be longer than the job's state is running; it may fail before there is a JobRun.
    private CancellationTokenSource? _cancel;
    private JobRun? _run;

    // Which of the job's runs that is: news of an earlier one's end may come twice.
    private int _number;

    // What the queue is told, in order. Never awaited in a turn: the queue itself waits for turns of this grain.
    private Task _telling = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        IdleGrain.Watch(this, IsIdle, log);
        return Task.CompletedTask;

        bool IsIdle()
        {
            bool asked = _asked;
            _asked = false;
            return !asked && _cancel is null && _telling.IsCompleted;
        }
    }

    public async Task<JobStart?> StartAsync()
    {
        if (await FeedAsync() is not { } feed)
            return null;
        if (feed.Record.State != V1.JobState.Running)
        {
            // A run that still ends is not to meet a second one in the job's files.
            if (_cancel is not null || JobMoves.Of(JobCommand.Start, feed.Record.State).Refusal is not null)
                return null;
            var now = time.GetUtcNow();
            await MoveAsync(feed, feed.Record with { State = V1.JobState.Running, Started = feed.Record.Started ?? now }, Transition.Coordinator, "");
            _ = RunAsync(feed, ++_number);
        }
        return new JobStart(Left(feed) * BandOrder.For(feed.Record).ToPlan().Plan.PixelSteps / 1e6);
    }

    public async Task<JobAnswer?> CommandAsync(JobCommand command, string who, string why)
    {
        if (await FeedAsync() is not { } feed)
            return null;
        var before = feed.Record;
        // What is mixed already is only to go on. What still runs here has not been restarted.
        if (command == JobCommand.ResumeMixed && before.Spec.Mixed)
            command = JobCommand.Resume;
        var move = command == JobCommand.Restart && _cancel is not null ? default : JobMoves.Of(command, before.State);
        if (move.Refusal is not null)
            return Answer(before.State, $"job {before.Id} {move.Refusal}");
        if (move.To is not { } to)
            return Answer(before.State);
        if (to == JobMove.Gone)
            return await DeleteAsync(feed, who);

        var record = before with { State = to };
        if (command == JobCommand.ResumeMixed)
            (record, why) = (record with { Spec = new V1.Spec(before.Spec) { Mixed = true }, NumericsClass = "" }, "workers of any numerics class may share it");
        if (command == JobCommand.Retry)
            record = record with { Problem = "", Finished = null };
        if (record.IsFinished)
            record = record with { Finished = time.GetUtcNow() };
        await MoveAsync(feed, record, who, why);

        if (_cancel is not null)
            await EndRunAsync(feed, keep: to is V1.JobState.Paused or V1.JobState.Queued);
        else if (to == V1.JobState.Queued)
            Tell(queue => queue.AddAsync(QueueEntry.Of(record)));
        else
            Tell(queue => queue.RemoveAsync(record.Id));
        if (record.IsFinished)
            TellFinished(record);
        return Answer(to);
    }

    public async Task EndAsync(int run, JobCommand end, string problem)
    {
        if (_cancel is null || run != _number || await FeedAsync() is not { } feed)
            return;
        var now = time.GetUtcNow();
        var after = feed.Record with { Progress = feed.Progress };
        Transition? transition = null;
        if (JobMoves.Of(end, after.State).To is { } to)
        {
            after = after with { State = to, Problem = to == V1.JobState.Failed ? problem : "" };
            if (after.IsFinished)
                after = after with { Finished = now };
            transition = new Transition(now, to, Transition.Coordinator, end == JobCommand.Stop ? problem : after.Problem);
        }
        await store.UpdateAsync(after, transition, StorePatience.Endless, CancellationToken.None);
        (_run, _cancel) = (null, null);
        // A failed or cancelled job may be tried again.
        if (after.State == V1.JobState.Done)
            await Task.Run(() => DeletePixels(after.Id));
        feed.Set(after, ending: false);
        if (transition is not null && after.IsFinished)
            TellFinished(after);
        double left = after.State == V1.JobState.Done ? 0 : Left(feed);
        var again = after.State == V1.JobState.Queued ? QueueEntry.Of(after) : null;
        Tell(queue => queue.FreeAsync(after.Id, left, again));
    }

    public async Task TakeClassAsync(string numericsClass)
    {
        if (await FeedAsync() is not { } feed || feed.Record.Spec.Mixed || feed.Record.NumericsClass == numericsClass)
            return;
        var record = feed.Record with { NumericsClass = numericsClass };
        await store.UpdateAsync(record, null, StorePatience.Short, CancellationToken.None);
        feed.Set(record);
    }

    public async Task NoteAsync(string sentence)
    {
        if (await FeedAsync() is { } feed)
            await store.UpdateAsync(feed.Record, new Transition(time.GetUtcNow(), feed.Record.State, Transition.Coordinator, sentence), StorePatience.Short, CancellationToken.None);
    }

    public async Task EnterAsync(QueueEntry job)
    {
        Tell(queue => queue.AddAsync(job));
        await _telling;
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

    private async Task RunAsync(JobFeed feed, int number)
    {
        string job = feed.Record.Id;
        using var scope = log.BeginScope(new WorkScope(job));
        using var span = Spans.Root(Spans.Job)?.SetTag("dreamfarm.job", job);
        using var cancel = _cancel = CancellationTokenSource.CreateLinkedTokenSource(runs.Ended);
        var end = JobCommand.Complete;
        string problem = "";
        try
        {
            var run = _run = runs.Create(feed);
            if (!await Task.Run(() => run.RunAsync(cancel.Token)))
            {
                // It goes on with the next process.
                if (runs.IsStopping)
                    return;
                end = JobCommand.Stop;
            }
        }
        catch (Exception) when (runs.IsStopping)
        {
            // Whatever breaks while the silo stops is not the job's failure.
            return;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            end = JobCommand.Stop;
        }
        catch (TimeoutException e)
        {
            // The process stood still, perhaps: no fault of the job's.
            (end, problem) = (JobCommand.Stop, "a part of the coordinator did not answer in time");
            log.Interrupted(e, job);
        }
        catch (Exception e)
        {
            end = JobCommand.Fail;
            problem = JobProblem.Sentence(e, out bool isBug);
            log.Failed(isBug ? e : null, job, problem);
        }
        await TellAsync(() => grains.GetGrain<IJobGrain>(job).EndAsync(number, end, problem));
    }

    /// <summary>Ends the run soon.</summary>
    /// <param name="keep">Whether it is to keep a checkpoint first.</param>
    private async Task EndRunAsync(JobFeed feed, bool keep)
    {
        feed.Set(feed.Record, ending: true);
        if (keep)
            _run?.Suspend();
        else
            await _cancel!.CancelAsync();
    }

    private async Task<JobAnswer> DeleteAsync(JobFeed feed, string who)
    {
        string job = feed.Record.Id;
        if (_cancel is not null)
        {
            await EndRunAsync(feed, keep: false);
            return Answer(feed.Record.State);
        }
        // What a crash leaves of a folder without a record goes at the next start.
        await store.DeleteAsync(job, CancellationToken.None);
        (_deleted, _feed) = (true, null);
        await Task.Run(() => files.DeleteFolder(job));
        log.Deleted(job, who);
        DeactivateOnIdle();
        return Answer(JobMove.Gone);
    }

    /// <summary>Writes a move down, in the record and in the history; then it is so. Whoever asked for it hears of a store that is away, and asks again.</summary>
    private async Task MoveAsync(JobFeed feed, JobRecord record, string who, string why)
    {
        await store.UpdateAsync(record, new Transition(time.GetUtcNow(), record.State, who, why), StorePatience.Short, CancellationToken.None);
        feed.Set(record);
    }

    private JobAnswer Answer(V1.JobState state, string? refusal = null) => new(state, refusal, _cancel is not null);

    /// <summary>The share of the job's work that is not done.</summary>
    private static double Left(JobFeed feed) => 1 - feed.Progress?.Fraction ?? 1;

    /// <summary>Null as long as there is no such job.</summary>
    private async Task<JobFeed?> FeedAsync()
    {
        _asked = true;
        if (_feed is null && !_deleted && await store.FindAsync(this.GetPrimaryKeyString(), CancellationToken.None) is { } record)
        {
            var feed = new JobFeed(record, time);
            if (record.State != V1.JobState.Done)
                feed.SetCheckpoint(await Task.Run(() => new JobCheckpoints(files, record.Id).Newest()));
            // A look may have begun to read the record before another call had it, or deleted it.
            if (!_deleted)
                _feed ??= feed;
        }
        return _feed;
    }

    private void Tell(Func<IQueueGrain, Task> news)
    {
        _telling = AfterAsync(_telling);

        async Task AfterAsync(Task earlier)
        {
            await earlier;
            await TellAsync(() => news(grains.GetGrain<IQueueGrain>(0)));
        }
    }

    /// <summary>Tells until it is heard: nobody would ask.</summary>
    private async Task TellAsync(Func<Task> tell)
    {
        while (!host.ApplicationStopping.IsCancellationRequested)
        {
            try
            {
                await tell();
                return;
            }
            catch (Exception e)
            {
                log.NotHeard(e, this.GetPrimaryKeyString());
            }
            await Task.Delay(TellAgain, time, CancellationToken.None);
        }
    }

    private void DeletePixels(string job)
    {
        try
        {
            files.DeletePixels(job);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.PixelsNotDeleted(e, job);
        }
    }

    private void TellFinished(JobRecord record)
    {
        FarmMeter.JobFinished(record.State);
        if (record.State == V1.JobState.Done)
            log.Done(record.Id, (record.Finished - record.Started)!.Value.TotalSeconds);
        else if (record.State == V1.JobState.Cancelled)
            log.Cancelled(record.Id);
    }
}
