using System.Buffers;

namespace DreamFarm.Dreaming;

/// <summary>An image as a canvas of another size, resized and rounded as an octave's canvas is.</summary>
public static class ResizedOriginal
{
    /// <summary>Reads a whole image, a small one, at some size.</summary>
    /// <param name="original">Its rows are read from the top.</param>
    /// <param name="size">Of the result, pixels.</param>
    /// <param name="cancellation">Ends the reading between rows.</param>
    /// <returns>[rows][3][columns], k meaning k/32767.</returns>
    public static async Task<short[]> ReadAsync(IOriginal original, Size size, CancellationToken cancellation)
    {
        const int slab = 32;
        var resizer = new Resizer(original.Size, size);
        int length = 3 * size.Width;
        var canvas = new short[checked(size.Height * length)];
        using var values = MemoryPool<float>.Shared.Rent(slab * length);
        for (int first = 0; first < size.Height; first += slab)
        {
            int rows = Math.Min(slab, size.Height - first);
            var part = values.Memory[..(rows * length)];
            await resizer.RowsAsync(first, rows, Read, part, cancellation);
            CanvasGrid.Round(part.Span, canvas.AsSpan(first * length, rows * length));
        }
        return canvas;

        ValueTask Read(int first, int rows, Memory<float> destination, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            original.ReadRows(first, rows, destination.Span);
            return ValueTask.CompletedTask;
        }
    }
}
