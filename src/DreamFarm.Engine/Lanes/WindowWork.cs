using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>A window on its way through a lane. The caller's memory is used until <see cref="Result"/> is complete, and not after.</summary>
internal sealed class WindowWork(OctaveObjective objective, WindowShape shape, ReadOnlyMemory<short> window, Memory<Half> core, CancellationToken cancellation, CancellationToken stopping)
{
    // Continuations run elsewhere: a lane's thread is for tensors.
    private readonly TaskCompletionSource<WindowResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<WindowResult> Result => result.Task;

    /// <summary>Computes the window, unless it was cancelled or the engine stopped while it waited; never throws.</summary>
    public void Run(IWindowGradient gradient)
    {
        if (cancellation.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            result.SetCanceled(cancellation.IsCancellationRequested ? cancellation : stopping);
            return;
        }

        try
        {
            result.SetResult(gradient.Compute(objective, shape, window.Span, core.Span));
        }
        catch (Exception error)
        {
            result.SetException(error);
        }
    }
}
