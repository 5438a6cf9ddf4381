using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>Computes batches of windows one after the other; belongs to one thread.</summary>
internal interface IWindowGradient
{
    /// <summary>
    /// Evaluates the network on windows of one size together and writes the gradients of their cores. What comes of a window depends on
    /// <paramref name="places"/>, but neither on how many others there are nor on what is in them.
    /// </summary>
    /// <param name="windows">At least one, at most <paramref name="places"/>.</param>
    /// <param name="places">Windows of the batch; those that are missing are computed as empty ones.</param>
    /// <returns>For each window in its order; <see cref="NotFiniteNumberException"/> where its gradient or loss is infinite or not a number.</returns>
    IReadOnlyList<WindowOutcome<WindowResult>> Compute(OctaveObjective objective, IReadOnlyList<LaneWindow> windows, int places);

    /// <summary>Runs the network forward over a window and sums activations over the cells whose origin lies in the core.</summary>
    /// <param name="window">[h][3][w], k meaning k/32767.</param>
    /// <returns>The channels' sums, one layer behind the other.</returns>
    /// <exception cref="NotFiniteNumberException">A sum is infinite or not a number.</exception>
    double[] Measure(ChannelMeasurement measurement, WindowShape shape, ReadOnlyMemory<short> window);
}
