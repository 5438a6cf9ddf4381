using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>A window whose gradient is computed.</summary>
internal sealed class WindowWork(OctaveObjective objective, WindowShape shape, ReadOnlyMemory<short> window, Memory<Half> core, CancellationToken cancellation, CancellationToken stopping)
    : LaneWork<WindowResult>(cancellation, stopping)
{
    protected override WindowResult Compute(IWindowGradient gradient) => gradient.Compute(objective, shape, window.Span, core.Span);
}
