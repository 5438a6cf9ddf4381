using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;

namespace DreamFarm.Cli.Inputs;

/// <summary>What a dream begins with: a photograph, or noise that is drawn into a temporary file for it.</summary>
internal sealed class InputImage : IDisposable
{
    /// <summary>For the help.</summary>
    public const string Description = "the photograph: JPEG, PNG, TIFF or WebP; or noise:WIDTHxHEIGHT[:SEED], grey with a little noise";

    private readonly TemporaryFolder? _folder;

    private InputImage(string name, string path, TemporaryFolder? folder) => (Name, Path, _folder) = (name, path, folder);

    /// <summary>As it was given.</summary>
    public string Name { get; }

    /// <summary>The image's file.</summary>
    public string Path { get; }

    /// <summary>Looks whether a photograph can be read, or draws noise.</summary>
    /// <exception cref="UserException">It cannot; one sentence why.</exception>
    public static async Task<InputImage> PrepareAsync(string text, CancellationToken cancellation)
    {
        if (!NoiseSource.TryParse(text, out var noise))
        {
            InputFile.Open(text).Dispose();
            return new InputImage(text, text, null);
        }
        var folder = new TemporaryFolder();
        try
        {
            string path = folder.File(noise.FileName);
            await noise.WriteAsync(path, cancellation);
            return new InputImage(text, path, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder?.Dispose();
}
