using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>
/// Total variation (Rudin, Osher, Fatemi: "Nonlinear total variation based noise removal algorithms", 1992), smoothed at zero so
/// that it has a gradient everywhere:
/// <code>sum over canvas values of  sqrt(dx² + dy² + e²) - e,   dx = right - here,  dy = below - here,  e = 1/128</code>
/// with the boundary extension behind the last column and row, each colour by itself. It grows with the difference of two
/// neighbours and not with its square: noise goes and edges stay. e is one level of an 8-bit picture, below which there is no edge.
/// </summary>
internal sealed class TotalVariation(Size size, Boundary boundary)
{
    private const float Epsilon = 1f / 128;

    // Of the row at hand and of the one above: the unit vectors (dx, dy) / sqrt(...), pointing along each difference.
    private readonly float[] _right = new float[3 * size.Width];
    private readonly float[] _length = new float[3 * size.Width];
    private readonly float[] _pull = new float[3 * size.Width];
    private float[] _down = new float[3 * size.Width];
    private float[] _downAbove = new float[3 * size.Width];

    /// <summary>Prepares for a run of consecutive rows.</summary>
    /// <param name="above">The row above the first, [3][columns]: the extension's, above the canvas.</param>
    /// <param name="first">The first row.</param>
    public void Begin(ReadOnlySpan<float> above, ReadOnlySpan<float> first) => Differences(above, first);

    /// <summary>Subtracts weight x the gradient with respect to the next row.</summary>
    /// <param name="row">In canvas coordinates.</param>
    /// <param name="here">[3][columns].</param>
    /// <param name="below">The row below: the extension's, below the canvas.</param>
    /// <param name="gradient">Of the row, [3][columns].</param>
    /// <returns>The row's share of the sum.</returns>
    public double Subtract(int row, ReadOnlySpan<float> here, ReadOnlySpan<float> below, float weight, Span<float> gradient)
    {
        (_down, _downAbove) = (_downAbove, _down);
        Differences(here, below);
        TensorPrimitives.Subtract(_length, Epsilon, _length);
        double sum = FixedLaneSums.Of(_length).Sum;

        // Every difference pulls at both its ends. Those of this row, at this row ...
        var pull = _pull.AsSpan();
        int width = size.Width;
        for (int plane = 0; plane < 3; plane++)
        {
            var right = _right.AsSpan(plane * width, width);
            var to = pull.Slice(plane * width, width);
            TensorPrimitives.Subtract(right[..^1], right[1..], to[1..]);
            if (boundary == Boundary.Wrap)
            {
                to[0] = right[^1] - right[0];
            }
            else
            {
                // The last column's difference is with the last but one, and nothing stands before the first.
                to[0] = -right[0];
                to[^2] += right[^1];
            }
        }
        TensorPrimitives.Subtract(pull, _down, pull);
        // ... and those of whichever rows have this one below them.
        if (row > 0 || boundary == Boundary.Wrap)
            TensorPrimitives.Add(pull, _downAbove, pull);
        if (row == size.Height - 2 && boundary == Boundary.Reflect)
        {
            // The last row's, which looks back at this one; its own turn comes next.
            (_down, _downAbove) = (_downAbove, _down);
            Differences(below, here);
            TensorPrimitives.Add(pull, _down, pull);
            (_down, _downAbove) = (_downAbove, _down);
        }
        TensorPrimitives.Multiply(pull, weight, pull);
        TensorPrimitives.Subtract(gradient, pull, gradient);
        return sum;
    }

    /// <summary>Fills the unit vectors of a row, and the differences' lengths.</summary>
    private void Differences(ReadOnlySpan<float> here, ReadOnlySpan<float> below)
    {
        int width = size.Width;
        for (int plane = 0; plane < 3; plane++)
        {
            var line = here.Slice(plane * width, width);
            var right = _right.AsSpan(plane * width, width);
            TensorPrimitives.Subtract(line[1..], line[..^1], right[..^1]);
            right[^1] = line[boundary == Boundary.Wrap ? 0 : width - 2] - line[^1];
        }
        TensorPrimitives.Subtract(below, here, _down);
        Span<float> length = _length;
        TensorPrimitives.Multiply(_right, _right, length);
        TensorPrimitives.Add(length, Epsilon * Epsilon, length);
        TensorPrimitives.FusedMultiplyAdd(_down, _down, length, length);
        TensorPrimitives.Sqrt(length, length);
        TensorPrimitives.Divide(_right, length, _right);
        TensorPrimitives.Divide(_down, length, _down);
    }
}
