namespace DreamFarm.Engine;

/// <summary>A window whose gradient is computed.</summary>
/// <param name="places">Windows a batch of its size.</param>
internal sealed class WindowWork(
    OctaveObjective objective, LaneWindow window, int places, Action<TimeSpan>? inLane, CancellationToken cancellation, CancellationToken stopping)
    : LaneWork<WindowResult>(inLane, cancellation, stopping)
{
    private readonly LaneWindow _window = window;

    public override BatchKind Kind => new(objective, _window.Shape.Height, _window.Shape.Width, places);

    protected override IReadOnlyList<WindowOutcome<WindowResult>> Compute(IWindowGradient gradient, IReadOnlyList<LaneWork<WindowResult>> works) =>
        gradient.Compute(objective, [.. works.Select(work => ((WindowWork)work)._window)], places);
}
