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
}
