using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace DreamFarm.Imaging;

/// <summary>
/// A raw file of rows that is written strip by strip in the order of the source file and comes out upright, so that
/// no orientation needs the image in memory.
/// </summary>
internal sealed class OrientedFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly int _orientation;
    private readonly int _width;
    private readonly int _height;
    private readonly int _pixelBytes;

    /// <param name="path">The file to create.</param>
    /// <param name="orientation">EXIF's orientation, 1 to 8; anything else counts as 1.</param>
    /// <param name="width">Columns of the source, before it is turned.</param>
    /// <param name="height">Rows of the source.</param>
    /// <param name="pixelBytes">Bytes of a pixel in the raw file.</param>
    public OrientedFile(string path, int orientation, int width, int height, int pixelBytes)
    {
        (_orientation, _width, _height, _pixelBytes) = (orientation, width, height, pixelBytes);
        // Reserving the space makes a full disk fail now and not after a minute of decoding.
        _file = File.OpenHandle(
            path, FileMode.Create, FileAccess.Write, FileShare.Read, FileOptions.None, (long)width * height * pixelBytes);
    }

    /// <summary>Writes rows of the source.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="strip">Their pixels.</param>
    /// <param name="stripPixelBytes">Bytes from a pixel of the strip to the next.</param>
    /// <param name="offset">Where in a pixel of the strip the file's bytes start.</param>
    public void WriteStrip(int first, int rows, ReadOnlySpan<byte> strip, int stripPixelBytes, int offset)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(rows * _width * _pixelBytes);
        try
        {
            var turned = _orientation is >= 5 and <= 8;
            var fromRight = _orientation is 2 or 3 or 7 or 8;
            var fromBottom = _orientation is 3 or 4 or 6 or 7;

            // A pixel's place in the strip as it will lie in the file: [rows][width], or [width][rows] if turned.
            var (stepRow, stepColumn) = turned ? (_pixelBytes, rows * _pixelBytes) : (_width * _pixelBytes, _pixelBytes);
            for (var row = 0; row < rows; row++)
            {
                var to = (fromBottom ? rows - 1 - row : row) * stepRow + (fromRight ? (_width - 1) * stepColumn : 0);
                var step = fromRight ? -stepColumn : stepColumn;
                var from = row * _width * stripPixelBytes + offset;
                for (var column = 0; column < _width; column++, to += step, from += stripPixelBytes)
                    for (var i = 0; i < _pixelBytes; i++)
                        buffer[to + i] = strip[from + i];
            }

            var place = fromBottom ? _height - first - rows : first;
            if (!turned)
            {
                RandomAccess.Write(_file, buffer.AsSpan(0, rows * _width * _pixelBytes), (long)place * _width * _pixelBytes);
                return;
            }
            for (var column = 0; column < _width; column++)
                RandomAccess.Write(
                    _file, buffer.AsSpan(column * rows * _pixelBytes, rows * _pixelBytes), ((long)column * _height + place) * _pixelBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _file.Dispose();
}
