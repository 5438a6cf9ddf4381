using System.Buffers.Binary;

namespace DreamFarm.Networks;

/// <summary>How a file stores one number of a tensor, little-endian. Only the floating-point kinds can be read as weights.</summary>
public enum WeightElement
{
    /// <summary>IEEE 754 half precision.</summary>
    Float16,

    /// <summary>The upper half of a single-precision number.</summary>
    BFloat16,

    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>IEEE 754 double precision.</summary>
    Float64,

    /// <summary>8-bit integers and truth values: counted, never read.</summary>
    Integer8,

    /// <summary>16-bit integers: counted, never read.</summary>
    Integer16,

    /// <summary>32-bit integers: counted, never read.</summary>
    Integer32,

    /// <summary>64-bit integers, such as batch norm's step counter: counted, never read.</summary>
    Integer64,
}

internal static class WeightElements
{
    public static int Bytes(this WeightElement element) => element switch
    {
        WeightElement.Integer8 => 1,
        WeightElement.Float16 or WeightElement.BFloat16 or WeightElement.Integer16 => 2,
        WeightElement.Float32 or WeightElement.Integer32 => 4,
        _ => 8,
    };

    public static bool IsFloatingPoint(this WeightElement element) => element <= WeightElement.Float64;

    /// <summary>Widens or rounds stored numbers to single precision.</summary>
    public static void Decode(this WeightElement element, ReadOnlySpan<byte> stored, Span<float> values)
    {
        switch (element)
        {
            case WeightElement.Float16:
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(stored[(2 * i)..]);
                break;
            case WeightElement.BFloat16:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]) << 16);
                break;
            case WeightElement.Float32:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(stored[(4 * i)..]);
                break;
            case WeightElement.Float64:
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(stored[(8 * i)..]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(element), element, "Integers are no weights.");
        }
    }
}
