using System.Diagnostics;
using DreamFarm.Dreaming;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>
/// A tile that somebody waits for: for its gradient, or for the sums of its activations. All but the tasks is guarded by the
/// dispatcher's lock.
/// </summary>
/// <param name="setup">What its window is to be computed with, without an id.</param>
/// <param name="times">How long tiles take that are waited for in the same way.</param>
internal abstract class PendingTile(JobDispatch job, WindowRequest request, ObjectiveSetup setup, TileTimes times)
{
    private readonly CancellationTokenSource _done = new();
    private TaskCompletionSource? _cut;
    private int _cuts;

    public JobDispatch Job { get; } = job;

    public WindowRequest Request { get; } = request;

    public ObjectiveSetup Setup { get; } = setup;

    public TileTimes Times { get; } = times;

    public WindowShape Shape { get; } = request.Tile.Shape;

    public long WindowBytes { get; } = WindowSlices.Bytes(request.Tile.Shape);

    public long WindowPixels { get; } = (long)request.Tile.Window.Height * request.Tile.Window.Width;

    /// <summary>Nobody waits any more: answered, failed or withdrawn.</summary>
    public bool Done { get; private set; }

    /// <summary>Where it is being computed.</summary>
    public List<Assignment> Assignments { get; } = [];

    /// <summary>Who could not compute it.</summary>
    public List<TileFailure> Failures { get; } = [];

    /// <summary>Workers that were lost while they computed it, one after another, with no <see cref="JobDispatch.Excuses"/> in between.</summary>
    public List<TileFailure> Losses { get; } = [];

    /// <summary>The job's <see cref="JobDispatch.Excuses"/> when <see cref="Losses"/> were counted.</summary>
    public long ExcusesBefore { get; set; }

    /// <summary>From the wish for the tile's answer to having it; null if it is not traced, as <see cref="Waiting"/>.</summary>
    public Activity? Span { get; set; }

    /// <summary>The time in the queue.</summary>
    public Activity? Waiting { get; set; }

    public void Close()
    {
        Done = true;
        Spans.Close(Waiting);
    }

    public abstract void SetProblem(Exception problem);

    public abstract void SetCanceled(CancellationToken cancellation);

    public void BeginCut() => _cuts++;

    public void EndCut()
    {
        if (--_cuts == 0)
            _cut?.TrySetResult();
    }

    /// <summary>Null if nobody cuts.</summary>
    public Task? WaitForCuts()
    {
        if (_cuts == 0)
            return null;
        _cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _cut.Task;
    }

    /// <summary>Cancelled when the tile needs no cutting any more.</summary>
    public CancellationToken Stopped => _done.Token;

    public void StopCutting() => _done.Cancel();

    /// <summary>What a log line about it is about.</summary>
    public WorkScope Scope(string worker) => new(Job.Target.JobId, Request.Octave.Index + 1, Request.Step + 1, $"{Request.Tile.Row + 1}/{Request.Tile.Column + 1}", worker);

    public override string ToString() =>
        $"tile at row {Request.Tile.Row + 1}, column {Request.Tile.Column + 1} of octave {Request.Octave.Index + 1}";
}
