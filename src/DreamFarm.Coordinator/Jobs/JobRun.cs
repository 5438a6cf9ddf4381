using DreamFarm.Dreaming;
using DreamFarm.Protocol.Specs;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>A running job, from where it goes on to its finished canvas or until it is suspended.</summary>
internal sealed class JobRun
{
    private const string DiskFull = "the coordinator's disk is full; it goes on when there is room";

    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(60);

    /// <summary>How often a full disk is tried again.</summary>
    private static readonly TimeSpan RoomPeriod = TimeSpan.FromSeconds(1);

    private readonly JobRuns _runs;
    private readonly JobFeed _feed;
    private readonly JobFiles _files;
    private readonly InputDecoding _decoding;
    private readonly JobCheckpoints _checkpoints;
    private readonly TimeSpan _period;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger<JobGrain> _log;
    private readonly JobPlan _plan;
    private readonly string _id;
    private readonly CancellationTokenSource _suspend = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobRun(JobRuns runs, JobFeed feed, JobFiles files, InputDecoding decoding, TimeSpan period, IGrainFactory grains, TimeProvider time, ILogger<JobGrain> log)
    {
        (_runs, _feed, _files, _decoding, _period, _grains, _time, _log, _id) = (runs, feed, files, decoding, period, grains, time, log, feed.Record.Id);
        _checkpoints = new JobCheckpoints(files, _id);
        // Without pixels that it computed, no class binds the job.
        var order = BandOrder.For(feed.Record) with { NumericsClass = "" };
        _plan = order.ToPlan();
        Canvas = new GrainCanvas(order, grains);
    }

    /// <summary>Where bands report to.</summary>
    public GrainCanvas Canvas { get; }

    /// <summary>Completes when the run is over, however it ends.</summary>
    public Task Ended => _ended.Task;

    /// <summary>
    /// Asks the run to end soon, with a checkpoint of the last ascent; gradients under way are dropped. A run whose canvas is
    /// finished is done all the same. May be asked at any time, and again.
    /// </summary>
    public void Suspend() => _suspend.Cancel();

    /// <summary>
    /// Decodes the input, goes on from the newest whole checkpoint, or begins; dreams, writes the finished canvas, and lets go of all pixels,
    /// whatever happens.
    /// </summary>
    /// <returns>True if the job is done, false if the run was suspended.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        _runs.Add(this);
        try
        {
            return await RunToEndAsync(cancellation);
        }
        finally
        {
            _runs.Remove(this);
            _ended.SetResult();
        }
    }

    private async Task<bool> RunToEndAsync(CancellationToken cancellation)
    {
        using var suspended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _suspend.Token);
        try
        {
            await WhenThereIsRoomAsync(() => _decoding.EnsureAsync(_feed, suspended.Token), suspended.Token);
            var (from, objective) = await LoadAsync(suspended.Token);
            await DreamAsync(from, objective, suspended.Token, cancellation);
            await WriteAsync(suspended.Token, cancellation);
            return true;
        }
        catch (OperationCanceledException) when (_suspend.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    /// <summary>Dreams what is left, and keeps what there is if that ends early.</summary>
    /// <param name="objective">What the octave that goes on was begun with; null if nothing was chosen by what was on its canvas.</param>
    /// <param name="suspended">Ends the dream between two ascents.</param>
    private async Task DreamAsync(Position from, string? objective, CancellationToken suspended, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var stepping = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, suspended);
        var watch = new JobWatch(_feed, _plan.Plan, from, Canvas, TakeClassAsync, _time, _log);
        var kept = new KeptCanvas(Canvas, _plan.Plan, _feed, _checkpoints, from, _period, _plan.Objectives.AreChosen, NoteAsync, _time, _log, stepping.Token);
        using var traced = new TracedCanvas(new WatchedCanvas(kept, watch, _plan.Objectives.AreChosen, NoteAsync), _id, Spans.Current, _time, _log);
        var watching = watch.RunAsync(ended.Token);
        var dream = new Dream(_plan.Plan, traced, _plan.Objectives, (_, measuring) => watch.Measuring(measuring)).RunAsync(from, objective, watch.Stepped, ended.Token);
        try
        {
            // The watch ends first only if it sees that the job cannot go on.
            if (await Task.WhenAny(dream, watching) == watching)
            {
                await ended.CancelAsync();
                await watching;
            }
            await dream;
            // A short job may be over before the first look.
            await watch.LookAsync();
        }
        catch (Exception) when (dream.IsCompleted && !cancellation.IsCancellationRequested)
        {
            // Suspended, or failed: it can go on from what it has come to.
            await kept.FinishAsync(cancellation);
            throw;
        }
        finally
        {
            await ended.CancelAsync();
            // A dream that is still under way would open bands behind the release, and a checkpoint read them.
            await dream.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await kept.Keeping;
        }
    }

    /// <summary>Takes the canvas from the newest checkpoint that is whole.</summary>
    /// <returns>Where it was kept, with the objective of its octave if that was chosen; the beginning if there is none.</returns>
    private async Task<(Position From, string? Objective)> LoadAsync(CancellationToken cancellation)
    {
        string fingerprint = JobFingerprint.Of(_feed.Record);
        _checkpoints.DeleteUnfinished();
        var damaged = new List<Position>();
        string passedOver = "";
        CheckpointManifest? found = null;
        foreach (var position in _checkpoints.Positions())
        {
            long begun = _time.GetTimestamp();
            try
            {
                var manifest = _checkpoints.Read(position, _plan.Plan, fingerprint, out string problem) ?? throw new JobProblem(problem);
                if (_plan.Objectives.AreChosen && (manifest.Objective is null || !_plan.Objectives.IsChoice(manifest.Objective)))
                    throw new JobProblem("it does not say with which channels its octave was begun");
                await Canvas.LoadAsync(_plan.Plan.Octaves[position.Octave], manifest, cancellation);
                _log.GoesOn(_id, position.Octave + 1, position.Steps, _time.GetElapsedTime(begun).TotalSeconds);
                found = manifest;
                break;
            }
            catch (JobProblem e)
            {
                string sentence = $"the checkpoint of octave {position.Octave + 1} after {position.Steps} steps is passed over: {e.Message}";
                _log.CheckpointPassedOver(_id, sentence);
                passedOver += $"{sentence}; ";
                damaged.Add(position);
            }
        }
        // Now that the job goes on before them, they would be taken for newer than what is kept from here on.
        foreach (var position in damaged)
            _checkpoints.Delete(position);
        _feed.SetCheckpoint(found);
        if (found is not null || damaged.Count > 0)
            await NoteAsync(passedOver + (found is null ? "it begins anew" : $"it goes on from octave {found.Octave + 1} after {found.Steps} steps"));
        return (found?.Position ?? default, found?.Objective);
    }

    private Task TakeClassAsync(string numericsClass) => _grains.GetGrain<IJobGrain>(_id).TakeClassAsync(numericsClass);

    /// <summary>Adds a sentence to the job's history.</summary>
    private async Task NoteAsync(string sentence)
    {
        try
        {
            await _grains.GetGrain<IJobGrain>(_id).NoteAsync(sentence);
        }
        catch (Exception e)
        {
            // The history is for people; the job does not depend on it.
            _log.NotNoted(e, _id, sentence);
        }
    }

    /// <param name="suspended">Ends the wait for room; from its newest checkpoint the job comes here again.</param>
    private async Task WriteAsync(CancellationToken suspended, CancellationToken cancellation)
    {
        var octave = _plan.Plan.Octaves[^1];
        string unfinished = _files.UnfinishedCanvas(_id);
        try
        {
            await WhenThereIsRoomAsync(() => Task.Run(() => CanvasFile.Create(unfinished, octave.Size), suspended), suspended);
            await Canvas.WriteAsync(octave, cancellation);
            DurableFile.Rename(unfinished, _files.Canvas(_id));
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Does what needs room on the disk as soon as there is some: a full disk passes, and costs no job.</summary>
    private async Task WhenThereIsRoomAsync(Func<Task> write, CancellationToken cancellation)
    {
        for (bool told = false; ; told = true)
        {
            try
            {
                await write();
                _feed.SetWaiting("");
                return;
            }
            catch (Exception e) when (DiskReason.IsFull(e))
            {
                if (!told)
                    _log.Waits(_id, DiskFull);
                _feed.SetWaiting(DiskFull);
            }
            await Task.Delay(RoomPeriod, _time, cancellation);
        }
    }

    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(ReleaseLimit, _time);
        try
        {
            await Canvas.ReleaseAsync(limit.Token);
        }
        catch (Exception e)
        {
            // The job's end does not depend on it; bands that are lost hold nothing.
            _log.NotReleased(e, _id);
        }
    }
}
