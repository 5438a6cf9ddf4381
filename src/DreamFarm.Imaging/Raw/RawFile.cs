using Microsoft.Win32.SafeHandles;

namespace DreamFarm.Imaging;

/// <summary>A file of rows without a header, read at random and from any number of threads at once.</summary>
internal sealed class RawFile : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly int _height;

    public RawFile(string path, int height, int rowBytes)
    {
        (_path, _height, RowBytes) = (path, height, rowBytes);
        _file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(_file);
        if (length != (long)height * rowBytes)
        {
            _file.Dispose();
            throw new InvalidDataException($"{path} has {length} bytes; {height} rows of {rowBytes} bytes were expected.");
        }
    }

    public int RowBytes { get; }

    public void ReadRows(int first, int count, Span<byte> rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + count, _height, nameof(count));

        var offset = (long)first * RowBytes;
        for (rows = rows[..checked(count * RowBytes)]; rows.Length > 0;)
        {
            var read = RandomAccess.Read(_file, rows, offset);
            if (read == 0)
                throw new EndOfStreamException($"{_path} was cut short while it was read.");
            rows = rows[read..];
            offset += read;
        }
    }

    public void Dispose() => _file.Dispose();
}
