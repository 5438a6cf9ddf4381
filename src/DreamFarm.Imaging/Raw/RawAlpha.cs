namespace DreamFarm.Imaging;

/// <summary>
/// The alpha channel of a decoded image in a file of its own: rows of 8-bit samples, or of 16-bit little-endian ones. It
/// takes no part in a dream and is put back, resized, when the result is encoded. Any number of threads may read at once.
/// </summary>
public sealed class RawAlpha : IDisposable
{
    private readonly RawFile _file;

    /// <summary>Opens the file.</summary>
    /// <exception cref="InvalidDataException">The file's length does not fit the sizes.</exception>
    /// <exception cref="IOException">The file could not be opened.</exception>
    public RawAlpha(string path, int width, int height, int bitsPerSample)
    {
        (Width, Height, BitsPerSample) = (width, height, bitsPerSample);
        _file = new RawFile(path, height, checked(width * (bitsPerSample / 8)));
    }

    /// <summary>Columns, in pixels.</summary>
    public int Width { get; }

    /// <summary>Rows, in pixels.</summary>
    public int Height { get; }

    /// <summary>8 or 16.</summary>
    public int BitsPerSample { get; }

    /// <summary>Reads rows as they are in the file.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="destination">At least <c>[count][Width]</c> samples of <see cref="BitsPerSample"/> bits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows do not lie in the image.</exception>
    public void ReadRows(int first, int count, Span<byte> destination) => _file.ReadRows(first, count, destination);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
