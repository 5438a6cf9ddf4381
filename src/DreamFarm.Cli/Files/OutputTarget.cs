using System.Text;
using DreamFarm.Cli.Failures;
using DreamFarm.Imaging;

namespace DreamFarm.Cli.Files;

/// <summary>The file that a result was asked for in, checked before any work is done.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Format">What its ending says.</param>
internal sealed record OutputTarget(string Path, OutputFormat Format)
{
    /// <summary>What file systems accept.</summary>
    private const int LongestName = 255;

    /// <summary>The format's usual ending, such as <c>.png</c>.</summary>
    public string Ending => Format.Endings[0];

    /// <summary>Checks that a result can be written there. An older file of that name stays as it is.</summary>
    /// <exception cref="UserException">It cannot; one sentence why.</exception>
    /// <exception cref="ImageException">The ending is of no known format.</exception>
    public static OutputTarget Check(string path)
    {
        if (path.Length == 0)
            throw new UserException("--output is empty: name a file, such as dream.png");
        if (Directory.Exists(path))
            throw new UserException($"{path} is a folder: name a file in it, such as {System.IO.Path.Combine(path, "dream.png")}");
        var target = new OutputTarget(path, OutputFormat.FromPath(path));
        if (Encoding.UTF8.GetByteCount(System.IO.Path.GetFileName(path)) > LongestName)
            throw new UserException($"{path} cannot be written: a file's name has at most {LongestName} bytes");
        using (PartialFile.Create(path))
            return target;
    }
}
