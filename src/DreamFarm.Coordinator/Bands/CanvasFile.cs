using System.Buffers;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using Microsoft.Win32.SafeHandles;

namespace DreamFarm.Coordinator;

/// <summary>A canvas in a file: rows of [3][width] int16, little-endian, without a header.</summary>
internal sealed class CanvasFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly int _rowValues;

    private CanvasFile(SafeFileHandle file, Size size) => (_file, _rowValues) = (file, 3 * size.Width);

    private int RowBytes => 2 * _rowValues;

    /// <summary>Makes a file that has room for the whole canvas, so that a full disk shows before the first row.</summary>
    /// <exception cref="IOException">The disk has no room for it.</exception>
    public static void Create(string path, Size size)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            PreallocationSize = size.Pixels * 6,
        });
        file.SetLength(size.Pixels * 6);
    }

    /// <summary>Opens it for the rows of one band; others write theirs at the same time.</summary>
    public static CanvasFile OpenToWrite(string path, Size size) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), size);

    public static CanvasFile OpenToRead(string path, Size size) => new(File.OpenHandle(path), size);

    /// <summary>Writes a band's rows to their place, and to the disk.</summary>
    public async Task WriteAsync(CanvasBand band, CancellationToken cancellation)
    {
        int fit = Math.Clamp(PixelSlice.MaxBytes / RowBytes, 1, band.Band.Rows);
        using var rented = MemoryPool<byte>.Shared.Rent(fit * RowBytes);
        for (int row = band.Band.Top; row < band.Band.End; row += fit)
        {
            int count = Math.Min(fit, band.Band.End - row);
            var bytes = rented.Memory[..(count * RowBytes)];
            band.ReadRows(row, count, MemoryMarshal.Cast<byte, short>(bytes.Span));
            await RandomAccess.WriteAsync(_file, bytes, (long)row * RowBytes, cancellation);
        }
        RandomAccess.FlushToDisk(_file);
    }

    /// <summary>Reads rows from <paramref name="first"/> on, as many as fill the destination.</summary>
    public void Read(int first, Span<short> destination)
    {
        var bytes = MemoryMarshal.AsBytes(destination);
        for (long offset = (long)first * RowBytes; bytes.Length > 0;)
        {
            int read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                throw new EndOfStreamException("the finished canvas was cut short");
            bytes = bytes[read..];
            offset += read;
        }
    }

    public void Dispose() => _file.Dispose();
}
