using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator.Tests;

/// <summary>
/// A gradient that costs nothing and still depends on the pixels around each pixel, so that a wrong row, column or step shows:
/// the difference from the pixel that lies a context's width further right and down.
/// </summary>
internal sealed class InstantGradients : IGradientSource
{
    public const int Exponent = -3;

    /// <param name="objective">Another one has another gradient.</param>
    public static double Compute(WindowShape shape, ReadOnlySpan<short> window, Span<Half> core, string objective)
    {
        double loss = 0;
        int period = 5 + objective.Aggregate(0, (hash, letter) => (hash * 31 + letter) % 97);
        int down = shape.Height - shape.CoreTop - shape.CoreHeight, right = shape.Width - shape.CoreLeft - shape.CoreWidth;
        int reach = Math.Min(16, Math.Min(down, right));
        for (int row = 0; row < shape.CoreHeight; row++)
        {
            for (int plane = 0; plane < 3; plane++)
            {
                var here = window.Slice(((shape.CoreTop + row) * 3 + plane) * shape.Width + shape.CoreLeft, shape.CoreWidth);
                var there = window.Slice(((shape.CoreTop + row + reach) * 3 + plane) * shape.Width + shape.CoreLeft + reach, shape.CoreWidth);
                var to = core.Slice((row * 3 + plane) * shape.CoreWidth, shape.CoreWidth);
                for (int x = 0; x < to.Length; x++)
                    to[x] = (Half)((here[x] - there[x]) * (1f / 16384) + (here[x] % period) * 0.001f);
                loss += here[0];
            }
        }
        return loss;
    }

    public async Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
    {
        var shape = request.Tile.Shape;
        using var window = new NativePixels<short>(shape.WindowValues);
        await request.CutAsync(window.Memory, cancellation);
        var core = new NativePixels<Half>(shape.CoreValues);
        double loss = Compute(shape, window.Span, core.Span, request.Objective);
        return new CoreGradient(core, shape.CoreValues, Exponent, loss);
    }

    public async Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
    {
        var shape = request.Tile.Shape;
        using var window = new NativePixels<short>(shape.WindowValues);
        await request.CutAsync(window.Memory, cancellation);
        return Measure(shape, window.Span, layers.Sum(layer => layer.Channels));
    }

    /// <summary>Sums that cost nothing: a channel's is that of the core's values whose index it is, modulo the number of channels.</summary>
    public static double[] Measure(WindowShape shape, ReadOnlySpan<short> window, int channels)
    {
        var sums = new double[channels];
        for (int row = shape.CoreTop; row < shape.CoreTop + shape.CoreHeight; row++)
        {
            for (int plane = 0; plane < 3; plane++)
            {
                var line = window.Slice((row * 3 + plane) * shape.Width + shape.CoreLeft, shape.CoreWidth);
                for (int x = 0; x < line.Length; x++)
                    sums[(row + 3 * plane + 7 * x) % channels] += line[x];
            }
        }
        return sums;
    }
}
