using DreamFarm.Dreaming;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// Keeps a running job's canvas every so often and at each octave's end, beside the steps:
/// <code>
///   ascend ─▶ bands begin to write ─▶ gradient of the next step ──────────────────▶ ascend (waits for what is still written)
///                     └─ rows ─▶ disk ─ all there ─▶ manifest ─▶ checkpoint
/// </code>
/// The last octave's end is not kept: the finished canvas is written then.
/// </summary>
/// <param name="chosen">Whether the octaves' objectives are chosen by what is on the canvas, and are to be kept with it.</param>
/// <param name="stepping">Ends the dream between two ascents, so that what is there can be kept; cancelled with the run, too.</param>
internal sealed class KeptCanvas(
    GrainCanvas canvas, Plan plan, JobFeed feed, JobCheckpoints checkpoints, Position from, TimeSpan period, bool chosen,
    Func<string, Task> note, TimeProvider time, ILogger<JobGrain> log, CancellationToken stepping) : ICanvas
{
    private readonly string _fingerprint = JobFingerprint.Of(feed.Record);
    private Position _done = from;
    private Position _kept = from;
    private long _begun = time.GetTimestamp();
    private long _ascending;
    private Task _keeping = Task.CompletedTask;
    private string? _objective;
    private bool _failed;

    /// <summary>Completes when the checkpoint that was begun last is whole, or given up.</summary>
    public Task Keeping => _keeping;

    /// <inheritdoc/>
    public Task OpenAsync(Octave octave, CancellationToken cancellation) => canvas.OpenAsync(octave, stepping);

    /// <inheritdoc/>
    public Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
        canvas.SumChannelsAsync(octave, layers, stepping);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation)
    {
        _objective = chosen ? objective : null;
        return canvas.GradientAsync(octave, step, objective, stepping);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        canvas.MeasureAsync(octave, step, scales, stepping);

    /// <inheritdoc/>
    public async Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation)
    {
        // Once begun it goes to its end: half an ascent is no state to go on from.
        stepping.ThrowIfCancellationRequested();
        Volatile.Write(ref _ascending, time.GetTimestamp());
        await canvas.AscendAsync(octave, step, scales, cancellation);
        _done = new Position(octave.Index, step + 1);
        bool ends = _done.Steps == plan.Spec.Steps;
        if (ends ? octave.Index + 1 < plan.Octaves.Count : time.GetElapsedTime(_begun) >= period)
            await BeginAsync(cancellation);
    }

    /// <summary>Keeps what the dream has come to, as far as that can be, if it is not kept yet. Only when the dream has ended.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await _keeping.WaitAsync(cancellation);
        // Of an octave that is left already nothing can be kept any more.
        if (_kept.CompareTo(_done) >= 0 || canvas.Newest != plan.Octaves[_done.Octave])
            return;
        try
        {
            await BeginAsync(cancellation);
            await _keeping.WaitAsync(cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // A band is lost, or stands in the middle of an ascent that failed.
            FarmMeter.CheckpointFailed();
            log.CheckpointNotKept(e, feed.Record.Id, _done.Octave + 1, _done.Steps, "not all of the canvas is there");
        }
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        // Its rows are written, or the canvas would not have ascended; there is little left to do.
        await _keeping.WaitAsync(cancellation);
        _begun = time.GetTimestamp();
        Volatile.Write(ref _ascending, 0);
        var rows = await canvas.KeepAsync(plan.Octaves[_done.Octave], _done.Steps, cancellation);
        _keeping = CommitAsync(_done, _objective, rows);
    }

    private async Task CommitAsync(Position position, string? objective, Task<IReadOnlyList<KeptRows>> written)
    {
        string job = feed.Record.Id;
        try
        {
            var rows = await written;
            double heldUp = Volatile.Read(ref _ascending) is > 0 and var since ? time.GetElapsedTime(since).TotalSeconds : 0;
            var size = plan.Octaves[position.Octave].Size;
            var manifest = new CheckpointManifest
            {
                Job = job,
                Octave = position.Octave,
                Steps = position.Steps,
                Time = time.GetUtcNow(),
                Height = size.Height,
                Width = size.Width,
                Fingerprint = _fingerprint,
                NumericsClass = rows.Select(band => band.NumericsClass).FirstOrDefault(name => name.Length > 0) ?? "",
                Objective = objective,
                Parts = [.. rows.Select(band => new CheckpointManifest.Part(band.Bytes, band.Checksum))],
            };
            await Task.Run(() => checkpoints.CommitAsync(manifest, CancellationToken.None));
            _kept = position;
            _failed = false;
            feed.SetCheckpoint(manifest);
            FarmMeter.CheckpointKept(time.GetElapsedTime(_begun), rows.Sum(band => band.Bytes));
            log.CheckpointKept(job, position.Octave + 1, position.Steps, rows.Sum(band => band.Bytes) / 1e6, time.GetElapsedTime(_begun).TotalSeconds, heldUp);
        }
        catch (OperationCanceledException)
        {
            // What is left of it is cleared when the job goes on.
        }
        catch (Exception e)
        {
            string problem = JobProblem.Sentence(e, out bool isBug);
            FarmMeter.CheckpointFailed();
            log.CheckpointNotKept(isBug ? e : null, job, position.Octave + 1, position.Steps, problem);
            Discard(position);
            // Said once: the next one may fail like this.
            if (!_failed)
                await note($"a checkpoint could not be kept, and will be tried again: {problem}");
            _failed = true;
        }
    }

    private void Discard(Position position)
    {
        try
        {
            checkpoints.Delete(position);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.CheckpointNotDeleted(e, feed.Record.Id);
        }
    }
}
