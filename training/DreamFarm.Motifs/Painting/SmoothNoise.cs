using System.Numerics.Tensors;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>
/// Smooth surfaces over a picture: normal draws on a square grid, interpolated by cubic B-splines, first along rows, then
/// along columns. For one thread.
/// </summary>
/// <param name="size">The picture's side, in pixels.</param>
internal sealed class SmoothNoise(int size)
{
    private readonly Dictionary<int, (int[] First, float[] Weights)> _splines = [];
    private float[] _rows = [];

    /// <summary>Adds a surface times a factor.</summary>
    /// <param name="draws">Where the grid's values are drawn from.</param>
    /// <param name="grid">Values along a side of the grid, at least 4; one lies outside of each edge of the picture.</param>
    /// <param name="factor">What the surface is multiplied by.</param>
    /// <param name="surface">Pixels, row by row: <c>[size][size]</c>.</param>
    public void Add(Draws draws, int grid, float factor, Span<float> surface)
    {
        var (first, weights) = Spline(grid);
        if (_rows.Length < grid * size)
            _rows = new float[grid * size];

        Span<float> values = stackalloc float[grid];
        for (var row = 0; row < grid; row++)
        {
            foreach (ref var value in values)
                value = factor * draws.Normal();
            var wide = _rows.AsSpan(row * size, size);
            for (var x = 0; x < size; x++)
            {
                var from = values.Slice(first[x], 4);
                var at = weights.AsSpan(4 * x, 4);
                wide[x] = at[0] * from[0] + at[1] * from[1] + at[2] * from[2] + at[3] * from[3];
            }
        }
        for (var y = 0; y < size; y++)
        {
            var line = surface.Slice(y * size, size);
            for (var k = 0; k < 4; k++)
                TensorPrimitives.MultiplyAdd(_rows.AsSpan((first[y] + k) * size, size), weights[4 * y + k], line, line);
        }
    }

    /// <summary>The first of the four values that a pixel lies among, and their weights.</summary>
    private (int[] First, float[] Weights) Spline(int grid)
    {
        if (_splines.TryGetValue(grid, out var known))
            return known;

        var (first, weights) = (new int[size], new float[4 * size]);
        for (var x = 0; x < size; x++)
        {
            var at = (x + 0.5f) / size * (grid - 3) + 1;
            first[x] = (int)at - 1;
            for (var k = 0; k < 4; k++)
            {
                var d = MathF.Abs(at - first[x] - k);
                weights[4 * x + k] = d < 1 ? 2f / 3 - d * d + d * d * d / 2 : MathF.Pow(MathF.Max(0, 2 - d), 3) / 6;
            }
        }
        return _splines[grid] = (first, weights);
    }
}
