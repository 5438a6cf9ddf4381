using DreamFarm.Cli.Failures;
using DreamFarm.Imaging;

namespace DreamFarm.Cli.Files;

/// <summary>The file that a result was asked for in, checked before any work is done.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Format">What its ending says.</param>
internal sealed record OutputTarget(string Path, OutputFormat Format)
{
    /// <summary>The format's usual ending, such as <c>.png</c>.</summary>
    public string Ending => Format.Endings[0];

    /// <summary>Checks that a result can be written there. An older file of that name stays as it is.</summary>
    /// <exception cref="UserException">It cannot; one sentence why.</exception>
    /// <exception cref="ImageException">The ending is of no known format.</exception>
    public static OutputTarget Check(string path)
    {
        PartialFile.CheckName(path, "dream.png");
        var target = new OutputTarget(path, OutputFormat.FromPath(path));
        PartialFile.CheckPlace(path);
        return target;
    }
}
