using System.Buffers;
using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>
/// The canvas as an octave begins, row by row: the original at the octave's size; from the second octave on with the
/// dream's difference from the original (<see cref="OctaveMode.Detail"/>), or the dream itself
/// (<see cref="OctaveMode.Upscale"/>), resized from the octave before.
/// </summary>
/// <param name="previous">The octave before; null for the first.</param>
/// <param name="readPrevious">Reads rows of the canvas as the octave before left it, [rows][3][columns], k meaning k/32767.</param>
internal sealed class OctaveStart(IOriginal original, OctaveMode mode, Octave octave, Octave? previous, OctaveStart.ReadCanvas readPrevious)
{
    /// <summary>Rows made at once: enough to share source rows, few enough to keep them small.</summary>
    private const int Slab = 32;

    private readonly Resizer _originalToOctave = new(original.Size, octave.Size);
    private readonly Resizer? _originalToPrevious = previous is null ? null : new(original.Size, previous.Size);
    private readonly Resizer? _previousToOctave = previous is null ? null : new(previous.Size, octave.Size);

    public delegate ValueTask ReadCanvas(int first, int rows, Memory<short> destination, CancellationToken cancellation);

    /// <summary>Fills rows of the new canvas.</summary>
    public async ValueTask RowsAsync(int first, int rows, Memory<short> canvas, CancellationToken cancellation)
    {
        int length = 3 * octave.Size.Width;
        using var values = MemoryPool<float>.Shared.Rent(Slab * length);
        using var dream = MemoryPool<float>.Shared.Rent(Slab * length);
        for (int done = 0; done < rows; done += Slab)
        {
            int count = Math.Min(Slab, rows - done);
            var slab = values.Memory[..(count * length)];
            var addition = dream.Memory[..(count * length)];
            if (previous is null || mode == OctaveMode.Detail)
                await _originalToOctave.RowsAsync(first + done, count, ReadOriginal, slab, cancellation);
            else
                slab.Span.Clear();
            if (previous is not null)
            {
                await _previousToOctave!.RowsAsync(first + done, count, ReadDreamAsync, addition, cancellation);
                TensorPrimitives.Add(slab.Span, addition.Span, slab.Span);
            }
            CanvasGrid.Round(slab.Span, canvas.Span.Slice(done * length, count * length));
        }
    }

    private ValueTask ReadOriginal(int first, int rows, Memory<float> destination, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        original.ReadRows(first, rows, destination.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>The dream of the octave before, or its difference from the original at that octave's size.</summary>
    private async ValueTask ReadDreamAsync(int first, int rows, Memory<float> destination, CancellationToken cancellation)
    {
        int values = rows * 3 * previous!.Size.Width;
        using var grid = MemoryPool<short>.Shared.Rent(values);
        await readPrevious(first, rows, grid.Memory[..values], cancellation);
        CanvasGrid.ToFloat(grid.Memory.Span[..values], destination.Span);
        if (mode == OctaveMode.Upscale)
            return;

        using var before = MemoryPool<float>.Shared.Rent(values);
        await _originalToPrevious!.RowsAsync(first, rows, ReadOriginal, before.Memory[..values], cancellation);
        TensorPrimitives.Subtract(destination.Span, before.Memory.Span[..values], destination.Span);
    }
}
