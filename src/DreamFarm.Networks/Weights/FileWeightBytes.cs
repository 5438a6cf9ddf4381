using Microsoft.Win32.SafeHandles;

namespace DreamFarm.Networks;

/// <summary>A file on disk, held open so that what was checked is what is read.</summary>
internal sealed class FileWeightBytes : IWeightBytes
{
    private readonly SafeFileHandle _handle;

    /// <param name="name">What messages call it; null for its path.</param>
    public FileWeightBytes(string path, string? name = null)
    {
        Name = name ?? path;
        try
        {
            _handle = File.OpenHandle(path);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WeightsException(Name, "there is no such weights file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            _handle?.Dispose();
            throw new WeightsException(Name, Directory.Exists(path) ? "it is a folder, not a weights file." : $"it cannot be read: {error.Message}", error);
        }
    }

    public string Name { get; }

    public long Length { get; }

    public void Read(long offset, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                var count = RandomAccess.Read(_handle, destination, offset);
                if (count == 0)
                    throw new WeightsException(Name, "it ends before its data does; it was cut short.");
                offset += count;
                destination = destination[count..];
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException(Name, $"it cannot be read: {error.Message}", error);
        }
    }

    public void Dispose() => _handle.Dispose();
}
