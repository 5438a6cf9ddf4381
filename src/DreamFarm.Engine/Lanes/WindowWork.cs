using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>A window on its way through a lane. The caller's memory is used until <see cref="Result"/> is complete, and not after.</summary>
internal sealed class WindowWork(OctaveObjective objective, WindowShape shape, ReadOnlyMemory<short> window, Memory<Half> core, CancellationToken cancellation, CancellationToken stopping)
{
    // Continuations run elsewhere: a lane's thread is for tensors.
    private readonly TaskCompletionSource<WindowResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WindowResult> Result => _result.Task;

    /// <summary>Computes the window, unless it was cancelled or the engine stopped while it waited; never throws.</summary>
    public void Run(IWindowGradient gradient)
    {
        if (cancellation.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            _result.SetCanceled(cancellation.IsCancellationRequested ? cancellation : stopping);
            return;
        }

        try
        {
            _result.SetResult(gradient.Compute(objective, shape, window.Span, core.Span));
        }
        catch (Exception error)
        {
            _result.SetException(error);
        }
    }
}
