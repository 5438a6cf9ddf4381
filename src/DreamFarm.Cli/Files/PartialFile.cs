using System.Text;
using DreamFarm.Cli.Failures;

namespace DreamFarm.Cli.Files;

/// <summary>
/// A file on its way: it has another name in the folder of its target until it is complete, so that nothing half-written
/// ever carries the name that was asked for.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    /// <summary>What file systems accept, bytes.</summary>
    private const int LongestName = 255;

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

    /// <summary>Checks that --output names a file, before anything else is looked at.</summary>
    /// <param name="path">What was given.</param>
    /// <param name="example">A file that would do.</param>
    /// <exception cref="UserException">It names none.</exception>
    public static void CheckName(string path, string example)
    {
        if (path.Length == 0)
            throw new UserException($"--output is empty: name a file, such as {example}");
        if (Directory.Exists(path))
            throw new UserException($"{path} is a folder: name a file in it, such as {Path.Combine(path, example)}");
    }

    /// <summary>Checks that a file can be made there, by making one. An older file of that name stays as it is.</summary>
    /// <exception cref="UserException">It cannot; one sentence why.</exception>
    public static void CheckPlace(string path)
    {
        if (Encoding.UTF8.GetByteCount(Path.GetFileName(path)) > LongestName)
            throw new UserException($"{path} cannot be written: a file's name has at most {LongestName} bytes");
        Create(path).Dispose();
    }

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
