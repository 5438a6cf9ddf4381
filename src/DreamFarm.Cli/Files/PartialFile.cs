using DreamFarm.Cli.Failures;

namespace DreamFarm.Cli.Files;

/// <summary>
/// A file on its way: it has another name in the folder of its target until it is complete, so that nothing half-written
/// ever carries the name that was asked for.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _target;
    private readonly string _partial;
    private readonly FileStream _stream;

    private PartialFile(string target, string partial, FileStream stream)
    {
        _target = target;
        _partial = partial;
        _stream = stream;
    }

    /// <summary>Bytes written.</summary>
    public long Length => _stream.Length;

    /// <exception cref="UserException">No file can be made there; one sentence why.</exception>
    public static PartialFile Create(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new UserException($"{path} cannot be written: {(File.Exists(folder) ? $"{folder} is a file, not a folder" : $"there is no folder {folder}")}");
        string partial = Path.Combine(folder, $".dreamfarm-{Guid.NewGuid():N}.part");
        try
        {
            return new PartialFile(path, partial, new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1, FileOptions.Asynchronous));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UserException($"{path} cannot be written: no permission to make files in {folder}", e);
        }
        catch (IOException e)
        {
            throw new UserException($"{path} cannot be written: {SystemReason.Of(e)}", e);
        }
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="UserException">They cannot be written; one sentence why.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await _stream.WriteAsync(bytes, cancellation);
        }
        catch (IOException e)
        {
            throw new UserException($"{_target} could not be written: {SystemReason.Of(e)}", e);
        }
    }

    /// <summary>Puts the complete file on the disk and gives it the name that was asked for.</summary>
    /// <exception cref="UserException">It cannot; one sentence why.</exception>
    public void Keep()
    {
        try
        {
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_partial, _target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{_target} could not be written: {SystemReason.Of(e)}", e);
        }
    }

    /// <summary>Removes what is there, unless it was kept.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_partial);
    }
}
