namespace DreamFarm.Farm.Tests;

/// <summary>A folder for one test, gone after it.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dreamfarm-test-");

    public string FullName => _folder.FullName;

    /// <summary>The path of a file in it.</summary>
    public string this[string file] => Path.Combine(FullName, file);

    /// <summary>Every file in it, temporary ones of the command too, by relative path.</summary>
    public string[] Files() => [.. Directory.EnumerateFiles(FullName, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(FullName, file)).Order()];

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
