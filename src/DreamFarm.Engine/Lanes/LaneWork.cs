namespace DreamFarm.Engine;

/// <summary>A window on its way through a lane.</summary>
internal abstract class LaneWork
{
    /// <summary>Computes the window, unless it was cancelled or the engine stopped while it waited; never throws.</summary>
    public abstract void Run(IWindowGradient gradient);
}

/// <summary>A window with what is to come of it. The caller's memory is used until <see cref="Result"/> is complete, and not after.</summary>
internal abstract class LaneWork<T>(CancellationToken cancellation, CancellationToken stopping) : LaneWork
{
    // Continuations run elsewhere: a lane's thread is for tensors.
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Result => _result.Task;

    public override void Run(IWindowGradient gradient)
    {
        if (cancellation.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            _result.SetCanceled(cancellation.IsCancellationRequested ? cancellation : stopping);
            return;
        }

        try
        {
            _result.SetResult(Compute(gradient));
        }
        catch (Exception error)
        {
            _result.SetException(error);
        }
    }

    protected abstract T Compute(IWindowGradient gradient);
}
