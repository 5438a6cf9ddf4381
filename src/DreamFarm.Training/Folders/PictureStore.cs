using Microsoft.Win32.SafeHandles;

namespace DreamFarm.Training;

/// <summary>Bytes in a temporary file that has no name, so that nothing is left behind however the process ends. For several threads at once.</summary>
internal sealed class PictureStore : IDisposable
{
    private readonly SafeFileHandle _file;
    private long _length;

    private PictureStore(SafeFileHandle file) => _file = file;

    /// <exception cref="FolderException">No file can be made in the temporary folder; one sentence why.</exception>
    public static PictureStore Create()
    {
        var folder = Path.GetTempPath();
        if (!Directory.Exists(folder))
            throw new FolderException($"there is no temporary folder {folder}: name one in TMPDIR");
        var path = Path.Combine(folder, $"dreamfarm-{Guid.NewGuid():N}.pictures");
        try
        {
            var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
            File.Delete(path);
            return new PictureStore(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FolderException($"the temporary folder {folder} cannot be used: {e.Message.TrimEnd('.')}; name another in TMPDIR", e);
        }
    }

    /// <returns>Where the bytes lie.</returns>
    /// <exception cref="FolderException">There is no room for them; one sentence.</exception>
    public long Add(ReadOnlySpan<byte> bytes)
    {
        var offset = Interlocked.Add(ref _length, bytes.Length) - bytes.Length;
        try
        {
            RandomAccess.Write(_file, bytes, offset);
            return offset;
        }
        catch (IOException e)
        {
            throw new FolderException($"the decoded pictures do not fit into {Path.GetTempPath()}: {e.Message.TrimEnd('.')}; name another folder in TMPDIR", e);
        }
    }

    /// <summary>Fills the destination with bytes that were added.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var count = RandomAccess.Read(_file, destination, offset);
            if (count == 0)
                throw new EndOfStreamException("the temporary file of decoded pictures is shorter than it was");
            offset += count;
            destination = destination[count..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
