using DreamFarm.Cli.Failures;

namespace DreamFarm.Cli.Files;

/// <summary>A folder of this run's own in the system's temporary folder ($TMPDIR), gone when the run ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder;

    /// <exception cref="UserException">No folder can be made there; one sentence why.</exception>
    public TemporaryFolder()
    {
        string parent = Path.GetTempPath();
        if (!Directory.Exists(parent))
            throw new UserException($"there is no temporary folder {parent}: name one in TMPDIR");
        try
        {
            _folder = Directory.CreateTempSubdirectory("dreamfarm-");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"the temporary folder {parent} cannot be used: {SystemReason.Of(e)}; name another in TMPDIR", e);
        }
    }

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
