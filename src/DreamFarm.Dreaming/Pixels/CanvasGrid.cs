using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>The canvas's number format: 16-bit fixed point k/32767 in [-1, 1].</summary>
public static class CanvasGrid
{
    /// <summary>The k that means 1.</summary>
    public const float One = 32767f;

    /// <summary>Clamps to [-1, 1] and rounds to the grid, half to even. The values are overwritten.</summary>
    public static void Round(Span<float> values, Span<short> rounded)
    {
        TensorPrimitives.Min(values, 1f, values);
        TensorPrimitives.Max(values, -1f, values);
        TensorPrimitives.Multiply(values, One, values);
        TensorPrimitives.Round(values, values);
        TensorPrimitives.ConvertSaturating<float, short>(values, rounded);
    }

    /// <summary>k to k/32767.</summary>
    public static void ToFloat(ReadOnlySpan<short> grid, Span<float> values)
    {
        TensorPrimitives.ConvertChecked<short, float>(grid, values);
        TensorPrimitives.Divide(values, One, values);
    }
}
