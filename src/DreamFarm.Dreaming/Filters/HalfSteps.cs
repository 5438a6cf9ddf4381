using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DreamFarm.Dreaming;

/// <summary>
/// Halving and doubling the number of pixels with the binomial kernel 1 4 6 4 1. Every operation is one of IEEE on single
/// elements, in an order of its own, so results do not depend on the vectors' width. What lies outside a row is zero.
/// </summary>
internal static class HalfSteps
{
    /// <summary>Every second column of the kernel's convolution along rows, which sums to 16 here and to 1 after <see cref="Blur"/>.</summary>
    /// <param name="row">[3][length].</param>
    /// <param name="length">Even.</param>
    /// <param name="narrowed">[3][length / 2].</param>
    public static void Narrow(ReadOnlySpan<float> row, int length, Span<float> narrowed)
    {
        int half = length / 2;
        for (int plane = 0; plane < 3; plane++)
        {
            var from = row.Slice(plane * length, length);
            var to = narrowed.Slice(plane * half, half);
            to[0] = At(from, 0);
            to[half - 1] = At(from, half - 1);
            int x = 1;
            for (; x + Vector<float>.Count <= half - 1; x += Vector<float>.Count)
            {
                var (before, beforeOdd) = Deinterleave(from[(2 * x - 2)..]);
                var (middle, afterOdd) = Deinterleave(from[(2 * x)..]);
                var (after, _) = Deinterleave(from[(2 * x + 2)..]);
                ((before + after) + 4 * (beforeOdd + afterOdd) + 6 * middle).CopyTo(to[x..]);
            }
            for (; x < half - 1; x++)
                to[x] = At(from, x);
        }

        static float At(ReadOnlySpan<float> from, int x) =>
            (Or(from, 2 * x - 2) + Or(from, 2 * x + 2)) + 4 * (Or(from, 2 * x - 1) + from[2 * x + 1]) + 6 * from[2 * x];

        static float Or(ReadOnlySpan<float> from, int x) => x >= 0 && x < from.Length ? from[x] : 0;
    }

    /// <summary>The kernel's convolution across five rows, of sum 1 with that of <see cref="Narrow"/>.</summary>
    /// <param name="scratch">Of a row's length.</param>
    public static void Blur(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d, ReadOnlySpan<float> e, Span<float> scratch, Span<float> result)
    {
        TensorPrimitives.Add(a, e, result);
        TensorPrimitives.Add(b, d, scratch);
        TensorPrimitives.Multiply(scratch, 4f, scratch);
        TensorPrimitives.Add(result, scratch, result);
        TensorPrimitives.Multiply(c, 6f, scratch);
        TensorPrimitives.Add(result, scratch, result);
        // A power of two: exact.
        TensorPrimitives.Multiply(result, 1 / 256f, result);
    }

    /// <summary>A row of the image of twice as many rows and columns: the transpose of narrowing and blurring, times four.</summary>
    /// <param name="row">Of the wider image.</param>
    /// <param name="length">Columns of the wider image, even.</param>
    /// <param name="scratch">Of a narrow row's length.</param>
    /// <param name="widened">[3][length].</param>
    public static void Widen(int row, RowRing narrow, int length, Span<float> scratch, Span<float> widened)
    {
        // Even rows see three, 1 6 1; odd rows two, 4 4.
        int middle = row >> 1;
        if ((row & 1) == 0)
        {
            TensorPrimitives.Multiply(narrow[middle], 6f, scratch);
            TensorPrimitives.Add(scratch, narrow[middle - 1], scratch);
            TensorPrimitives.Add(scratch, narrow[middle + 1], scratch);
        }
        else
        {
            TensorPrimitives.Add(narrow[middle], narrow[middle + 1], scratch);
            TensorPrimitives.Multiply(scratch, 4f, scratch);
        }

        int half = length / 2;
        for (int plane = 0; plane < 3; plane++)
        {
            ReadOnlySpan<float> from = scratch.Slice(plane * half, half);
            var to = widened.Slice(plane * length, length);
            (to[0], to[1]) = Pair(0, from[0], from[1]);
            (to[length - 2], to[length - 1]) = Pair(from[half - 2], from[half - 1], 0);
            int x = 1;
            for (; x + Vector<float>.Count <= half - 1; x += Vector<float>.Count)
            {
                Vector<float> before = new(from[(x - 1)..]), here = new(from[x..]), after = new(from[(x + 1)..]);
                var even = (6 * here + before + after) * (1 / 64f);
                var odd = (here + after) * (4 / 64f);
                Interleave(even, odd, to[(2 * x)..]);
            }
            for (; x < half - 1; x++)
                (to[2 * x], to[2 * x + 1]) = Pair(from[x - 1], from[x], from[x + 1]);
        }

        static (float, float) Pair(float before, float here, float after) => ((6 * here + before + after) * (1 / 64f), (here + after) * (4 / 64f));
    }

    // Pairs of values as one number: the first is its lower half.
    private static (Vector<float> Even, Vector<float> Odd) Deinterleave(ReadOnlySpan<float> values)
    {
        var pairs = MemoryMarshal.Cast<float, ulong>(values[..(2 * Vector<float>.Count)]);
        Vector<ulong> low = new(pairs), high = new(pairs[Vector<ulong>.Count..]);
        return (Vector.AsVectorSingle(Vector.Narrow(low, high)), Vector.AsVectorSingle(Vector.Narrow(low >> 32, high >> 32)));
    }

    private static void Interleave(Vector<float> even, Vector<float> odd, Span<float> values)
    {
        Vector.Widen(Vector.AsVectorUInt32(even), out var evenLow, out var evenHigh);
        Vector.Widen(Vector.AsVectorUInt32(odd), out var oddLow, out var oddHigh);
        var pairs = MemoryMarshal.Cast<float, ulong>(values[..(2 * Vector<float>.Count)]);
        (evenLow | (oddLow << 32)).CopyTo(pairs);
        (evenHigh | (oddHigh << 32)).CopyTo(pairs[Vector<ulong>.Count..]);
    }
}
