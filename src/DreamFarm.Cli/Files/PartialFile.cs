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

    private PartialFile(string target, string partial, FileStream stream)
    {
        _target = target;
        _partial = partial;
        Stream = stream;
    }

    /// <summary>To be filled.</summary>
    public FileStream Stream { get; }

    /// <exception cref="UserException">No file can be made there; one sentence why.</exception>
    public static PartialFile Create(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new UserException($"{path} cannot be written: there is no folder {folder}");
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
            throw new UserException($"{path} cannot be written: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Puts the complete file on the disk and gives it the name that was asked for.</summary>
    public void Keep()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_partial, _target, overwrite: true);
    }

    /// <summary>Removes what is there, unless it was kept.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(_partial);
    }
}
