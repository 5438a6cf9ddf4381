using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>A window whose activations are summed.</summary>
internal sealed class MeasureWork(ChannelMeasurement measurement, WindowShape shape, ReadOnlyMemory<short> window, CancellationToken cancellation, CancellationToken stopping)
    : LaneWork<double[]>(cancellation, stopping)
{
    protected override double[] Compute(IWindowGradient gradient) => gradient.Measure(measurement, shape, window.Span);
}
