using System.Buffers;

namespace DreamFarm.Networks;

/// <summary>One tensor of a weights file; its numbers stay in the file until they are asked for.</summary>
public sealed class WeightTensor
{
    private const int ChunkBytes = 64 * 1024;

    private readonly IWeightBytes _bytes;

    /// <param name="offset">See <see cref="Offset"/>; the caller has checked that all numbers are there.</param>
    internal WeightTensor(IWeightBytes bytes, string name, int[] shape, WeightElement element, long offset)
    {
        _bytes = bytes;
        Offset = offset;
        Name = name;
        Shape = shape;
        Element = element;
        Count = shape.Aggregate(1L, (count, side) => checked(count * side));
    }

    /// <summary>The name in the file, such as <c>conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Sides, outermost first; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>How the file stores the numbers.</summary>
    public WeightElement Element { get; }

    /// <summary>Numbers in the tensor: the product of its sides.</summary>
    public long Count { get; }

    /// <summary>Of the first number, in bytes from the start of the file that holds it.</summary>
    internal long Offset { get; }

    /// <summary>Reads all numbers, the last side fastest. Safe from several threads.</summary>
    /// <param name="values">Exactly <see cref="Count"/> long.</param>
    /// <exception cref="WeightsException">The tensor holds integers, or numbers that are infinite or not a number, or the file is no longer readable.</exception>
    public void CopyTo(Span<float> values)
    {
        if (values.Length != Count)
            throw new ArgumentException($"{Name} has {Count} values, not {values.Length}.", nameof(values));
        if (!Element.IsFloatingPoint())
            throw new WeightsException(_bytes.Name, $"tensor \"{Name}\" holds integers; weights have to be float16, bfloat16, float32 or float64.");

        var size = Element.Bytes();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (var done = 0; done < values.Length;)
            {
                var part = values.Slice(done, Math.Min(ChunkBytes / size, values.Length - done));
                var stored = buffer.AsSpan(0, part.Length * size);
                _bytes.Read(Offset + (long)done * size, stored);
                Element.Decode(stored, part);
                foreach (var value in part)
                {
                    if (!float.IsFinite(value))
                        throw new WeightsException(_bytes.Name, $"tensor \"{Name}\" holds a number that is infinite, too large for float32 or not a number.");
                }

                done += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>All numbers in a new array; see <see cref="CopyTo"/>.</summary>
    public float[] ToArray()
    {
        if (Count > Array.MaxLength)
            throw new WeightsException(_bytes.Name, $"tensor \"{Name}\" has {Count} values, more than fit into memory at once.");
        var values = new float[Count];
        CopyTo(values);
        return values;
    }
}
