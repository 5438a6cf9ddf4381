using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DreamFarm.Engine;

/// <summary>
/// Sums in an order that is the same on every machine: value i goes to lane i mod 8, each lane is a float64 that adds
/// its values from first to last, and the lanes are added pairwise. No library reduction and no fused multiply-add,
/// both of which follow the processor.
/// </summary>
internal static class CellSum
{
    private const int Lanes = 8;

    /// <summary>The sum of the values, or of their squares; each is widened to float64 first.</summary>
    public static double Of<T>(ReadOnlySpan<T> values, bool squared)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? OfSingles(MemoryMarshal.Cast<T, float>(values), squared) : OfDoubles(MemoryMarshal.Cast<T, double>(values), squared);

    private static double OfSingles(ReadOnlySpan<float> values, bool squared)
    {
        var low = Vector256<double>.Zero;
        var high = Vector256<double>.Zero;
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            (Vector256<double> first, Vector256<double> second) = Vector256.Widen(Vector256.Create(values[i..]));
            low += squared ? first * first : first;
            high += squared ? second * second : second;
        }

        Span<double> lanes = stackalloc double[Lanes];
        low.CopyTo(lanes);
        high.CopyTo(lanes[4..]);
        for (int lane = 0; i < values.Length; i++, lane++)
        {
            double value = values[i];
            lanes[lane] += squared ? value * value : value;
        }

        return Fold(lanes);
    }

    private static double OfDoubles(ReadOnlySpan<double> values, bool squared)
    {
        Span<double> lanes = stackalloc double[Lanes];
        lanes.Clear();
        for (int i = 0; i < values.Length; i++)
            lanes[i % Lanes] += squared ? values[i] * values[i] : values[i];
        return Fold(lanes);
    }

    private static double Fold(ReadOnlySpan<double> lanes) =>
        (lanes[0] + lanes[1] + (lanes[2] + lanes[3])) + (lanes[4] + lanes[5] + (lanes[6] + lanes[7]));
}
