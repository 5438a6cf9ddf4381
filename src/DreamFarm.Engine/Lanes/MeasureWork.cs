using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>A window whose activations are summed, by itself: it takes a third of a gradient's time, once an octave.</summary>
internal sealed class MeasureWork(
    ChannelMeasurement measurement, WindowShape shape, ReadOnlyMemory<short> window, Action<TimeSpan>? inLane, CancellationToken cancellation, CancellationToken stopping)
    : LaneWork<double[]>(inLane, cancellation, stopping)
{
    public override BatchKind Kind => new(measurement, shape.Height, shape.Width, Places: 1);

    protected override IReadOnlyList<WindowOutcome<double[]>> Compute(IWindowGradient gradient, IReadOnlyList<LaneWork<double[]>> works) =>
        [new(gradient.Measure(measurement, shape, window), null)];
}
