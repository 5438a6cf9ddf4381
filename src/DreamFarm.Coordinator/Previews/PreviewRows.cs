using System.Buffers;
using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>Some rows of a reduced picture of the canvas.</summary>
/// <param name="First">The first one within the whole preview.</param>
/// <param name="Rgb">[rows][width][3] bytes.</param>
[GenerateSerializer, Immutable]
internal sealed record PreviewRows(int First, byte[] Rgb)
{
    // Samples across and down a preview's pixel: enough against shimmering, and the cost does not grow with the canvas's height.
    private const int Samples = 3;

    /// <summary>The rows whose middle lies in the band; each pixel is a mean of samples spread evenly over what it covers.</summary>
    public static PreviewRows Of(CanvasBand band, Size canvas, int height, int width)
    {
        int first = FirstBehind(band.Band.Top), rows = FirstBehind(band.Band.End) - first;
        var rgb = new byte[rows * width * 3];
        short[] line = ArrayPool<short>.Shared.Rent(3 * canvas.Width);
        var sums = new int[width * 3];
        for (int y = 0; y < rows; y++)
        {
            Array.Clear(sums);
            for (int i = 0; i < Samples; i++)
            {
                int row = Math.Clamp(At(first + y, i, canvas.Height, height), band.Band.Top, band.Band.End - 1);
                band.ReadRows(row, 1, line);
                Add(line, sums, canvas.Width);
            }
            for (int i = 0; i < sums.Length; i++)
                rgb[y * sums.Length + i] = (byte)((sums[i] / (Samples * Samples * CanvasGrid.One) + 1) * 127.5f + 0.5f);
        }
        ArrayPool<short>.Shared.Return(line);
        return new PreviewRows(first, rgb);

        // The first preview row whose middle is at or behind a canvas row.
        int FirstBehind(int row) => (int)Math.Clamp(Math.Ceiling((double)row * height / canvas.Height - 0.5), 0, height);
    }

    private static void Add(ReadOnlySpan<short> pixels, Span<int> sums, int columns)
    {
        int width = sums.Length / 3;
        for (int x = 0; x < width; x++)
        {
            for (int i = 0; i < Samples; i++)
            {
                int column = At(x, i, columns, width);
                for (int plane = 0; plane < 3; plane++)
                    sums[x * 3 + plane] += pixels[plane * columns + column];
            }
        }
    }

    private static int At(int pixel, int sample, int from, int to) =>
        Math.Min(from - 1, (int)((pixel + (sample + 0.5) / Samples) * from / to));
}
