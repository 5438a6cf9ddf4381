using DreamFarm.Cli.Failures;

namespace DreamFarm.Cli.Inputs;

/// <summary>The photograph that was named on the command line.</summary>
internal static class InputFile
{
    /// <summary>Opens it for reading from beginning to end.</summary>
    /// <exception cref="UserException">It is not there, a folder, empty, or may not be read.</exception>
    public static FileStream Open(string path)
    {
        if (path.Length == 0)
            throw new UserException("IN is empty: name an image file");
        if (Directory.Exists(path))
            throw new UserException($"{path} is a folder: name an image file");
        if (!File.Exists(path))
            throw new UserException($"there is no file {path}");
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            if (file is { CanSeek: true, Length: > 0 })
                return file;
            file.Dispose();
            throw new UserException($"{path} is empty: name an image file");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UserException($"{path} may not be read: no permission", e);
        }
    }
}
