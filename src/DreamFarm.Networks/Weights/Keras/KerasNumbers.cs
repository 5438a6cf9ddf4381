using System.Buffers;
using System.Runtime.InteropServices;

namespace DreamFarm.Networks;

/// <summary>
/// The numbers of a Keras file one tensor behind the other, in the order that torchvision has them in: Keras keeps kernels as
/// [rows, columns, in, out], torchvision as [out, in, rows, columns]. The last tensor that was read is held in memory, turned.
/// </summary>
internal sealed class KerasNumbers(IWeightBytes source) : IWeightBytes
{
    private const int ChunkBytes = 1 << 20;

    private readonly List<Part> _parts = [];
    private readonly Lock _lock = new();

    private int _heldPart = -1;
    private byte[] _held = [];

    public string Name => source.Name;

    public long Length { get; private set; }

    /// <summary>Adds a variable as a tensor: a kernel or a matrix [in, out] with its last side outermost and the one before it next, others as they are.</summary>
    /// <param name="name">The tensor's.</param>
    /// <exception cref="WeightsException">It has more numbers than can be held.</exception>
    public WeightTensor Add(string name, KerasVariable variable)
    {
        var (offset, size) = (variable.Offset, variable.Element.Bytes());
        var count = variable.Shape.Aggregate(1L, (product, side) => product * side);
        if (count > Array.MaxLength / size)
            throw new WeightsException(source.Name, $"its {variable} has {count} numbers, more than fit into memory at once.");
        (int Cells, int Inputs, int Outputs, long[] Turned) order = variable.Shape switch
        {
            [var rows, var columns, var inputs, var outputs] when count > 0 => ((int)(rows * columns), (int)inputs, (int)outputs, [outputs, inputs, rows, columns]),
            [var inputs, var outputs] when count > 0 => (1, (int)inputs, (int)outputs, [outputs, inputs]),
            _ => (1, 1, (int)count, variable.Shape),
        };
        int[] shape = [.. order.Turned.Select(side => (int)side)];
        return Add(name, shape, variable.Element, new Part(Length, offset, order.Cells, order.Inputs, order.Outputs, size));
    }

    /// <summary>Adds ones that the file leaves out, float32.</summary>
    public WeightTensor AddOnes(string name, int count) =>
        Add(name, [count], WeightElement.Float32, new Part(Length, Offset: null, 1, 1, count, sizeof(float)));

    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"There are {Length} bytes.");
        lock (_lock)
        {
            for (var index = FindPart(offset); !destination.IsEmpty; index++)
            {
                var part = _parts[index];
                if (_heldPart != index)
                    Hold(index, part);
                var within = (int)(offset - part.Begin);
                var piece = destination[..(int)Math.Min(destination.Length, part.Bytes - within)];
                _held.AsSpan(within, piece.Length).CopyTo(piece);
                offset += piece.Length;
                destination = destination[piece.Length..];
            }
        }
    }

    public void Dispose() => source.Dispose();

    private WeightTensor Add(string name, int[] shape, WeightElement element, Part part)
    {
        _parts.Add(part);
        Length += part.Bytes;
        return new WeightTensor(this, name, shape, element, part.Begin);
    }

    private void Hold(int index, Part part)
    {
        _heldPart = -1;
        if (_held.Length < part.Bytes)
            _held = GC.AllocateUninitializedArray<byte>((int)part.Bytes);
        if (part.Offset is not { } begin)
            MemoryMarshal.Cast<byte, float>(_held.AsSpan(0, (int)part.Bytes)).Fill(1);
        else if (part.Cells == 1 && part.Inputs == 1)
            source.Read(begin, _held.AsSpan(0, (int)part.Bytes));
        else if (part.Size == sizeof(float))
            Turn<float>(part, begin);
        else if (part.Size == sizeof(double))
            Turn<double>(part, begin);
        else
            Turn<Half>(part, begin);
        _heldPart = index;
    }

    /// <summary>Puts [cells, in, out] as [out, in, cells] into what is held, some rows of the file at a time.</summary>
    private void Turn<T>(Part part, long begin)
        where T : unmanaged
    {
        var (cells, inputs, outputs) = (part.Cells, part.Inputs, part.Outputs);
        var turned = MemoryMarshal.Cast<byte, T>(_held.AsSpan(0, (int)part.Bytes));
        var rowBytes = outputs * part.Size;
        var rows = cells * inputs;
        var most = Math.Max(1, ChunkBytes / rowBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(most, rows) * rowBytes);
        try
        {
            for (var row = 0; row < rows;)
            {
                var chunk = buffer.AsSpan(0, Math.Min(most, rows - row) * rowBytes);
                source.Read(begin + (long)row * rowBytes, chunk);
                for (; !chunk.IsEmpty; chunk = chunk[rowBytes..], row++)
                {
                    var (cell, input) = Math.DivRem(row, inputs);
                    var place = input * cells + cell;
                    foreach (var number in MemoryMarshal.Cast<byte, T>(chunk[..rowBytes]))
                    {
                        turned[place] = number;
                        place += rows;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The last part that begins at or before an offset.</summary>
    private int FindPart(long offset)
    {
        int low = 0, high = _parts.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _parts[middle].Begin <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <param name="Begin">In this form, bytes.</param>
    /// <param name="Offset">In the file, bytes; null for ones.</param>
    /// <param name="Cells">Rows times columns of a kernel.</param>
    /// <param name="Size">Of a number, bytes.</param>
    private sealed record Part(long Begin, long? Offset, int Cells, int Inputs, int Outputs, int Size)
    {
        public long Bytes => (long)Cells * Inputs * Outputs * Size;
    }
}
