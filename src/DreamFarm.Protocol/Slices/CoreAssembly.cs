using System.Numerics;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Protocol.V1;

namespace DreamFarm.Protocol;

/// <summary>A core's gradient that is being put together from its slices.</summary>
public sealed class CoreAssembly(WindowShape shape) : IDisposable
{
    /// <summary>Exponents beyond any that a gradient in float32 can need are nonsense.</summary>
    private const int LargestExponent = 256;

    private RowBuffer<Half>? _values = new(shape.CoreValues);
    private int _nextRow, _exponent;
    private double _loss;

    /// <summary>Every row is there: it can be taken.</summary>
    public bool IsComplete => _nextRow == shape.CoreHeight;

    /// <summary>What the worker says of how long the window occupied a lane, seconds: any number, as nothing that is dreamt depends on it.</summary>
    public double LaneSeconds { get; private set; }

    /// <summary>Adds the next slice.</summary>
    /// <returns>False, with one sentence in <paramref name="problem"/>, if it is not the one that is due, damaged or not finite; the core is then lost.</returns>
    public bool TryAdd(CoreSlice slice, out string? problem)
    {
        problem = FindProblem(slice);
        if (problem is not null)
            return false;
        slice.Data.Span.CopyTo(_values!.Bytes.Span[(_nextRow * 6 * shape.CoreWidth)..]);
        _nextRow += slice.Rows;
        (_exponent, _loss, LaneSeconds) = (slice.Exponent, slice.Loss, slice.LaneSeconds);
        return true;
    }

    /// <summary>The gradient, once; its memory is then the caller's.</summary>
    /// <exception cref="InvalidOperationException">Slices are missing, or it was taken before.</exception>
    public CoreGradient Take()
    {
        if (!IsComplete || _values is not { } values)
            throw new InvalidOperationException("The core is not complete or was taken.");
        _values = null;
        return new CoreGradient(values, shape.CoreValues, _exponent, _loss);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values?.Dispose();
        _values = null;
    }

    private string? FindProblem(CoreSlice slice)
    {
        var data = slice.Data.Span;
        if (SliceRows.FindProblem(slice.FirstRow, slice.Rows, data.Length, _nextRow, shape.CoreHeight, 6 * shape.CoreWidth) is { } wrong)
            return wrong;
        if (!slice.IsIntact())
            return $"the checksum of rows {slice.FirstRow} to {slice.FirstRow + slice.Rows - 1} is wrong";
        if (_nextRow > 0 && (slice.Exponent != _exponent || BitConverter.DoubleToInt64Bits(slice.Loss) != BitConverter.DoubleToInt64Bits(_loss)))
            return "two slices of one core differ in exponent or loss";
        if (!double.IsFinite(slice.Loss) || Math.Abs((long)slice.Exponent) > LargestExponent || !AreFinite(MemoryMarshal.Cast<byte, ushort>(data)))
            return "the gradient is not finite";
        return null;
    }

    // A half is infinite or no number if its five exponent bits are all set.
    private static bool AreFinite(ReadOnlySpan<ushort> bits)
    {
        const ushort exponent = 0x7C00;
        var mask = new Vector<ushort>(exponent);
        int i = 0;
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            if (Vector.EqualsAny(new Vector<ushort>(bits[i..]) & mask, mask))
                return false;
        }
        for (; i < bits.Length; i++)
        {
            if ((bits[i] & exponent) == exponent)
                return false;
        }
        return true;
    }
}
