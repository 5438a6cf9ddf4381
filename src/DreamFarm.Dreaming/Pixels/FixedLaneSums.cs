using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DreamFarm.Dreaming;

/// <summary>
/// Sums that have the same bits on every machine. Value i is added to float64 lane i mod 16; the lanes are then added in
/// order. Library reductions are of no use here: their order follows the vector width of the CPU.
/// </summary>
public static class FixedLaneSums
{
    private const int Lanes = 16;

    /// <summary>The sum of the values and of their squares.</summary>
    public static Moments Of(ReadOnlySpan<float> values)
    {
        Vector512<double> sum0 = default, sum1 = default, square0 = default, square1 = default;
        int whole = values.Length / Lanes * Lanes;
        foreach (var sixteen in MemoryMarshal.Cast<float, Vector512<float>>(values[..whole]))
        {
            var (low, high) = Vector512.Widen(sixteen);
            sum0 += low;
            sum1 += high;
            square0 += low * low;
            square1 += high * high;
        }

        Span<double> sums = stackalloc double[Lanes], squares = stackalloc double[Lanes];
        sum0.CopyTo(sums);
        sum1.CopyTo(sums[8..]);
        square0.CopyTo(squares);
        square1.CopyTo(squares[8..]);
        for (int i = whole; i < values.Length; i++)
        {
            double value = values[i];
            sums[i - whole] += value;
            squares[i - whole] += value * value;
        }

        var total = new Moments(sums[0], squares[0]);
        for (int lane = 1; lane < Lanes; lane++)
            total += new Moments(sums[lane], squares[lane]);
        return total;
    }
}
