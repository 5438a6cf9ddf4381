using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>The gradient of a whole canvas, merged from the tiles of a plan as the farm computes them.</summary>
internal static class MergedGradient
{
    /// <returns>[3][H][W], and the loss.</returns>
    public static async Task<(float[] Gradient, double Loss)> OfAsync(
        GradientEngine engine, Objective objective, short[] canvas, Size size, Boundary boundary, int tile, int context, int step = 0)
    {
        var geometry = new NetworkGeometry(engine.Network);
        int stride = geometry.Evaluate(objective.Layers).Stride;
        var spec = new DreamSpec { Input = size, Output = size, Stride = stride, Context = context, Tile = tile, Boundary = boundary };
        var plan = Plan.Create(spec, out string? problem) ?? throw new InvalidOperationException(problem);
        var octave = plan.Octaves[0];
        var tiles = octave.TilesAt(step);
        var scaled = new OctaveObjective(geometry, objective, size.Height, size.Width);
        var gradient = new float[3 * size.Pixels];
        double loss = 0;
        for (int row = 0; row < tiles.Rows; row++)
        {
            for (int column = 0; column < tiles.Columns; column++)
            {
                var (window, core) = (tiles[row, column].Window, tiles[row, column].Core);
                var shape = tiles[row, column].Shape;
                var pixels = new short[shape.WindowValues];
                for (int y = 0; y < window.Height; y++)
                    for (int x = 0; x < window.Width; x++)
                        for (int plane = 0; plane < 3; plane++)
                            pixels[(y * 3 + plane) * window.Width + x] =
                                canvas[(Outside(window.Top + y, size.Height, boundary) * 3 + plane) * size.Width + Outside(window.Left + x, size.Width, boundary)];
                var halves = new Half[shape.CoreValues];
                var result = await engine.ComputeAsync(scaled, shape, pixels, halves, TestContext.Current.CancellationToken);
                loss += result.Loss;
                for (int y = 0; y < core.Height; y++)
                    for (int plane = 0; plane < 3; plane++)
                        for (int x = 0; x < core.Width; x++)
                            gradient[(plane * size.Height + core.Top + y) * size.Width + core.Left + x] =
                                MathF.ScaleB((float)halves[(y * 3 + plane) * core.Width + x], result.Exponent);
            }
        }
        return (gradient, loss);
    }

    private static int Outside(int i, int size, Boundary boundary)
    {
        int period = boundary == Boundary.Wrap ? size : 2 * (size - 1);
        i = (i % period + period) % period;
        return i < size ? i : period - i;
    }
}
