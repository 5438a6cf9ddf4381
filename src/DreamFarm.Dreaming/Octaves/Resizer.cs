using System.Buffers;
using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>Resizes an image a few rows at a time: the memory it takes is that of the source rows which they need.</summary>
internal sealed class Resizer(Size source, Size target)
{
    private readonly Resampling _vertical = new(source.Height, target.Height);
    private readonly Resampling _horizontal = new(source.Width, target.Width);

    /// <summary>Reads source rows as [rows][3][columns].</summary>
    public delegate ValueTask ReadRows(int first, int rows, Memory<float> destination, CancellationToken cancellation);

    /// <summary>Target rows <paramref name="first"/> .. first + rows - 1 as [rows][3][columns].</summary>
    public async ValueTask RowsAsync(int first, int rows, ReadRows read, Memory<float> destination, CancellationToken cancellation)
    {
        int sourceFirst = _vertical.First(first);
        int sourceRows = _vertical.End(first + rows - 1) - sourceFirst;
        using var original = MemoryPool<float>.Shared.Rent(sourceRows * 3 * source.Width);
        using var narrowed = MemoryPool<float>.Shared.Rent(sourceRows * 3 * target.Width);
        await read(sourceFirst, sourceRows, original.Memory[..(sourceRows * 3 * source.Width)], cancellation);
        Horizontally(original.Memory.Span, narrowed.Memory.Span, sourceRows * 3);
        Vertically(narrowed.Memory.Span, sourceFirst, destination.Span, first, rows);
    }

    private void Horizontally(ReadOnlySpan<float> from, Span<float> to, int lines)
    {
        if (source.Width == target.Width)
        {
            from[..(lines * source.Width)].CopyTo(to);
            return;
        }
        for (int line = 0; line < lines; line++)
        {
            var row = from.Slice(line * source.Width, source.Width);
            var result = to.Slice(line * target.Width, target.Width);
            for (int x = 0; x < result.Length; x++)
            {
                var weights = _horizontal.Weights(x);
                var values = row.Slice(_horizontal.First(x), weights.Length);
                float sum = 0;
                for (int j = 0; j < weights.Length; j++)
                    sum += values[j] * weights[j];
                result[x] = sum;
            }
        }
    }

    private void Vertically(ReadOnlySpan<float> from, int fromFirst, Span<float> to, int first, int rows)
    {
        int length = 3 * target.Width;
        float[] term = ArrayPool<float>.Shared.Rent(length);
        for (int i = 0; i < rows; i++)
        {
            var result = to.Slice(i * length, length);
            result.Clear();
            var weights = _vertical.Weights(first + i);
            int top = _vertical.First(first + i) - fromFirst;
            for (int j = 0; j < weights.Length; j++)
            {
                TensorPrimitives.Multiply(from.Slice((top + j) * length, length), weights[j], term.AsSpan(0, length));
                TensorPrimitives.Add(result, term.AsSpan(0, length), result);
            }
        }
        ArrayPool<float>.Shared.Return(term);
    }
}
