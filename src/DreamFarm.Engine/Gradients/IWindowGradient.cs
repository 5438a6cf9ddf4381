using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>Computes windows one after the other; belongs to one thread.</summary>
internal interface IWindowGradient
{
    /// <summary>Evaluates the network on a window and writes the gradient of its core.</summary>
    /// <param name="window">[h][3][w], k meaning k/32767.</param>
    /// <param name="core">Receives [ch][3][cw]; the gradient is value x 2^<see cref="WindowResult.Exponent"/>.</param>
    /// <exception cref="NotFiniteNumberException">The gradient or the loss is infinite or not a number.</exception>
    WindowResult Compute(OctaveObjective objective, WindowShape shape, ReadOnlySpan<short> window, Span<Half> core);

    /// <summary>Runs the network forward over a window and sums activations over the cells whose origin lies in the core.</summary>
    /// <param name="window">[h][3][w], k meaning k/32767.</param>
    /// <returns>The channels' sums, one layer behind the other.</returns>
    /// <exception cref="NotFiniteNumberException">A sum is infinite or not a number.</exception>
    double[] Measure(ChannelMeasurement measurement, WindowShape shape, ReadOnlySpan<short> window);
}
