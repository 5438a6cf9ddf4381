using System.Globalization;
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
    /// <param name="path">Its path.</param>
    /// <param name="bytes">How many there has to be room for; 0 where that is not known yet.</param>
    /// <exception cref="UserException">It cannot; one sentence why.</exception>
    public static void CheckPlace(string path, long bytes = 0)
    {
        if (Directory.Exists(path))
            throw new UserException($"{path} cannot be written: there is a folder of that name");
        if (Encoding.UTF8.GetByteCount(Path.GetFileName(path)) > LongestName)
            throw new UserException($"{path} cannot be written: a file's name has at most {LongestName} bytes");
        Create(path, bytes).Dispose();
    }

    /// <summary>Makes an empty file.</summary>
    /// <param name="path">What it is to be called when it is complete.</param>
    /// <param name="bytes">How many are set aside for it, where the file system can do that.</param>
    /// <exception cref="UserException">No file can be made there; one sentence why.</exception>
    public static PartialFile Create(string path, long bytes = 0)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new UserException($"{path} cannot be written: {(File.Exists(folder) ? $"{folder} is a file, not a folder" : $"there is no folder {folder}")}");
        string partial = Path.Combine(folder, $".dreamfarm-{Guid.NewGuid():N}.part");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                BufferSize = 1,
                Options = FileOptions.Asynchronous,
                PreallocationSize = bytes,
            };
            return new PartialFile(path, partial, new FileStream(partial, options));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UserException($"{path} cannot be written: no permission to make files in {folder}", e);
        }
        catch (IOException e)
        {
            string needed = bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $", and {Math.Ceiling(bytes / 1e6):0} MB are needed there") : "";
            throw new UserException($"{path} cannot be written: {SystemReason.Of(e)}{needed}", e);
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
