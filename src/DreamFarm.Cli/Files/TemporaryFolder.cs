namespace DreamFarm.Cli.Files;

/// <summary>A folder of this run's own in the system's temporary folder ($TMPDIR), gone when the run ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dreamfarm-");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
