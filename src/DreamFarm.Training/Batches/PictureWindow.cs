using System.Buffers;

namespace DreamFarm.Training;

/// <summary>Cuts squares out of pictures, scales them down, and turns bytes into what a network takes: [rows][columns][3], R, G, B in [-1, 1].</summary>
internal static class PictureWindow
{
    private const int Colours = 3;

    /// <summary>Copies a square of a picture, its columns in reverse if asked to; where it is wider than the destination, scaled down by area.</summary>
    /// <param name="planes">[3][height][width].</param>
    /// <param name="top">First row of the square.</param>
    /// <param name="left">First column of the square.</param>
    /// <param name="window">Side of the square, pixels; at least <paramref name="side"/>.</param>
    /// <param name="side">Side of the destination, pixels.</param>
    public static void Cut(ReadOnlySpan<byte> planes, Picture picture, int top, int left, int window, int side, bool reversed, Span<float> destination)
    {
        var area = picture.Height * picture.Width;
        if (window != side)
        {
            for (var colour = 0; colour < Colours; colour++)
                Shrink(planes.Slice(colour * area + top * picture.Width + left), picture.Width, window, side, reversed, destination[colour..]);
            return;
        }

        for (var colour = 0; colour < Colours; colour++)
        {
            for (var y = 0; y < side; y++)
            {
                var row = planes.Slice(colour * area + (top + y) * picture.Width + left, side);
                var place = y * side * Colours + colour;
                for (var x = 0; x < row.Length; x++, place += Colours)
                    destination[place] = Value(row[reversed ? row.Length - 1 - x : x]);
            }
        }
    }

    /// <summary>Blurs a square picture [side][side][3] in place by (1, 2, 1) / 4 on both axes; at an edge the edge itself counts twice.</summary>
    /// <param name="scratch">At least one row, side x 3 values, twice.</param>
    public static void Blur(Span<float> pixels, int side, Span<float> scratch)
    {
        var row = side * Colours;
        // Along the columns first: the row above is needed as it was.
        var above = scratch[..row];
        var here = scratch.Slice(row, row);
        pixels[..row].CopyTo(above);
        for (var y = 0; y < side; y++)
        {
            var current = pixels.Slice(y * row, row);
            var below = pixels.Slice(Math.Min(y + 1, side - 1) * row, row);
            current.CopyTo(here);
            for (var x = 0; x < row; x++)
                current[x] = (2 * here[x] + below[x] + above[x]) * 0.25f;
            here.CopyTo(above);
        }
        for (var y = 0; y < side; y++)
        {
            var current = pixels.Slice(y * row, row);
            current.CopyTo(here);
            for (var x = 0; x < row; x++)
                current[x] = (2 * here[x] + here[x < row - Colours ? x + Colours : x] + here[x < Colours ? x : x - Colours]) * 0.25f;
        }
    }

    private static float Value(float stored) => stored * (1 / 127.5f) - 1;

    /// <summary>One colour's square, scaled down by the mean over the area that each pixel covers: rows first, then columns.</summary>
    private static void Shrink(ReadOnlySpan<byte> plane, int stride, int window, int side, bool reversed, Span<float> destination)
    {
        var rented = ArrayPool<float>.Shared.Rent(window);
        try
        {
            var sums = rented.AsSpan(0, window);
            var scale = (float)window / side;
            for (var y = 0; y < side; y++)
            {
                sums.Clear();
                var (first, end) = (y * scale, Math.Min((y + 1) * scale, window));
                for (var from = (int)first; from < end; from++)
                {
                    var weight = Math.Min(from + 1, end) - Math.Max(from, first);
                    var row = plane.Slice(from * stride, window);
                    for (var x = 0; x < row.Length; x++)
                        sums[x] += weight * row[x];
                }
                for (var x = 0; x < side; x++)
                {
                    var (left, right) = (x * scale, Math.Min((x + 1) * scale, window));
                    var sum = 0f;
                    for (var from = (int)left; from < right; from++)
                        sum += (Math.Min(from + 1, right) - Math.Max(from, left)) * sums[from];
                    destination[(y * side + (reversed ? side - 1 - x : x)) * Colours] = Value(sum / ((end - first) * (right - left)));
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
