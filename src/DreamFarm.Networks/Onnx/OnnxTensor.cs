using System.Buffers.Binary;

namespace DreamFarm.Networks;

/// <summary>A constant of a model. Its numbers lie in the file, or behind it where the file stores them one by one.</summary>
internal sealed class OnnxTensor
{
    private const int MostIntegers = 4096;

    private readonly OnnxBytes _bytes;

    /// <param name="offset">In <paramref name="bytes"/>, of little-endian numbers; the caller has checked that all are there.</param>
    public OnnxTensor(OnnxBytes bytes, string name, int[] sides, WeightElement element, long offset)
    {
        _bytes = bytes;
        Name = name;
        Sides = sides;
        Element = element;
        Offset = offset;
        Count = sides.Aggregate(1L, (count, side) => checked(count * side));
    }

    public string Name { get; }

    /// <summary>Outermost first; empty for a single number.</summary>
    public IReadOnlyList<int> Sides { get; }

    public WeightElement Element { get; }

    public long Offset { get; }

    public long Count { get; }

    /// <summary>The same numbers in another shape, which has as many.</summary>
    public OnnxTensor Reshape(int[] sides) => new(_bytes, Name, sides, Element, Offset);

    /// <summary>Under the name by which a network asks for it, and in that shape, which has as many numbers.</summary>
    public WeightTensor ToWeights(string name, int[] sides) => new(_bytes, name, sides, Element, Offset);

    /// <summary>All numbers of a constant that is no integer.</summary>
    /// <exception cref="WeightsException">They are integers, infinite or not numbers.</exception>
    public float[] ToFloats() => ToWeights(Name, [.. Sides]).ToArray();

    /// <summary>All numbers as they lie in the file.</summary>
    public byte[] ToBytes()
    {
        var stored = new byte[Count * Element.Bytes()];
        _bytes.Read(Offset, stored);
        return stored;
    }

    /// <summary>All numbers of a constant of integers, or null if it is none or too long to be a shape.</summary>
    public long[]? ToIntegers()
    {
        if (Element is not (WeightElement.Integer32 or WeightElement.Integer64) || Count > MostIntegers)
            return null;
        var (stored, size) = (ToBytes(), Element.Bytes());
        return [.. Enumerable.Range(0, (int)Count).Select(i => size == 8
            ? BinaryPrimitives.ReadInt64LittleEndian(stored.AsSpan(i * size))
            : BinaryPrimitives.ReadInt32LittleEndian(stored.AsSpan(i * size)))];
    }
}
