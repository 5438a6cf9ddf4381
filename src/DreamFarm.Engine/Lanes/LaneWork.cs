using System.Diagnostics;

namespace DreamFarm.Engine;

/// <summary>A window on its way through a lane.</summary>
internal abstract class LaneWork
{
    /// <summary>What else it can be computed with.</summary>
    public abstract BatchKind Kind { get; }

    /// <summary>
    /// Computes windows together, but not those that were cancelled while they waited, nor any if the engine has stopped; never throws.
    /// </summary>
    /// <param name="batch">Works of this one's <see cref="Kind"/>, it among them, at most <see cref="BatchKind.Places"/>.</param>
    public abstract void Run(IWindowGradient gradient, IReadOnlyList<LaneWork> batch);
}

/// <summary>A window with what is to come of it. The caller's memory is used until <see cref="Result"/> is complete, and not after.</summary>
/// <param name="inLane">Told how long the window occupied the lane, before <see cref="Result"/> is complete; null if nobody wants to know.</param>
internal abstract class LaneWork<T>(Action<TimeSpan>? inLane, CancellationToken cancellation, CancellationToken stopping) : LaneWork
{
    // Continuations run elsewhere: a lane's thread is for tensors.
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Result => _result.Task;

    public override void Run(IWindowGradient gradient, IReadOnlyList<LaneWork> batch)
    {
        LaneWork<T>[] wanted = [.. batch.Cast<LaneWork<T>>().Where(work => !work.EndIfCancelled())];
        if (wanted.Length == 0)
            return;
        try
        {
            long began = Stopwatch.GetTimestamp();
            IReadOnlyList<WindowOutcome<T>> outcomes = Compute(gradient, wanted);
            TimeSpan each = Stopwatch.GetElapsedTime(began) / wanted.Length;
            for (int i = 0; i < wanted.Length; i++)
                wanted[i].End(outcomes[i], each);
        }
        catch (Exception error)
        {
            foreach (LaneWork<T> work in wanted)
                work._result.TrySetException(error);
        }
    }

    /// <summary>Computes windows together.</summary>
    /// <param name="works">At least one.</param>
    /// <returns>What came of each, in their order.</returns>
    protected abstract IReadOnlyList<WindowOutcome<T>> Compute(IWindowGradient gradient, IReadOnlyList<LaneWork<T>> works);

    private void End(WindowOutcome<T> outcome, TimeSpan time)
    {
        inLane?.Invoke(time);
        if (outcome.Failure is { } failure)
            _result.SetException(failure);
        else
            _result.SetResult(outcome.Result);
    }

    private bool EndIfCancelled()
    {
        if (!cancellation.IsCancellationRequested && !stopping.IsCancellationRequested)
            return false;
        _result.SetCanceled(cancellation.IsCancellationRequested ? cancellation : stopping);
        return true;
    }
}
