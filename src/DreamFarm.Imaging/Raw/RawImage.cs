using System.Buffers;
using System.Runtime.InteropServices;

namespace DreamFarm.Imaging;

/// <summary>
/// The decoded pixels of an image in a file, as <see cref="ImageReader.DecodeAsync"/> writes them: rows of interleaved
/// R, G, B samples of 8 bits, or of 16 bits little-endian. Any number of threads may read at once.
/// </summary>
public sealed class RawImage : IDisposable
{
    private static readonly float[] _bytes = [.. Enumerable.Range(0, 256).Select(v => v / 127.5f - 1f)];

    private readonly RawFile _file;

    /// <summary>Opens the file.</summary>
    /// <exception cref="InvalidDataException">The file's length does not fit the sizes.</exception>
    /// <exception cref="IOException">The file could not be opened.</exception>
    public RawImage(string path, int width, int height, int bitsPerSample)
    {
        (Width, Height, BitsPerSample) = (width, height, bitsPerSample);
        _file = new RawFile(path, height, checked(width * 3 * (bitsPerSample / 8)));
    }

    /// <summary>Columns, in pixels.</summary>
    public int Width { get; }

    /// <summary>Rows, in pixels.</summary>
    public int Height { get; }

    /// <summary>8 or 16.</summary>
    public int BitsPerSample { get; }

    /// <summary>
    /// Reads rows as planes of numbers in [-1, 1]: <c>v / 127.5 - 1</c> for 8 bits, <c>v / 32767.5 - 1</c> for 16.
    /// </summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="destination">At least <c>[count][3][Width]</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows do not lie in the image.</exception>
    public void ReadRows(int first, int count, Span<float> destination)
    {
        var rented = ArrayPool<byte>.Shared.Rent(checked(count * _file.RowBytes));
        try
        {
            _file.ReadRows(first, count, rented);
            for (var row = 0; row < count; row++)
            {
                var samples = rented.AsSpan(row * _file.RowBytes, _file.RowBytes);
                var planes = destination.Slice(row * 3 * Width, 3 * Width);
                if (BitsPerSample == 8)
                    Separate(samples, planes);
                else
                    Separate(MemoryMarshal.Cast<byte, ushort>(samples), planes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Separate(ReadOnlySpan<byte> samples, Span<float> planes)
    {
        for (var plane = 0; plane < 3; plane++)
        {
            var row = planes.Slice(plane * Width, Width);
            for (int x = 0, i = plane; x < row.Length; x++, i += 3)
                row[x] = _bytes[samples[i]];
        }
    }

    private void Separate(ReadOnlySpan<ushort> samples, Span<float> planes)
    {
        for (var plane = 0; plane < 3; plane++)
        {
            var row = planes.Slice(plane * Width, Width);
            for (int x = 0, i = plane; x < row.Length; x++, i += 3)
                row[x] = samples[i] / 32767.5f - 1f;
        }
    }
}
