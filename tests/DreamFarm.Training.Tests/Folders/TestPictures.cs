using DreamFarm.Imaging;

namespace DreamFarm.Training.Tests;

/// <summary>A folder of pictures for one test, gone after it.</summary>
internal sealed class TestPictures : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dreamfarm-test-");

    public string Root => _folder.FullName;

    /// <summary>The path of a file or folder in it.</summary>
    public string this[string name] => name.Length == 0 ? Root : Path.Combine(Root, name);

    /// <summary>Draws pictures of one class, each of another brightness.</summary>
    public async Task AddAsync(string name, int count, int width = 40, int height = 30, int first = 0)
    {
        Directory.CreateDirectory(this[name]);
        for (int i = first; i < first + count; i++)
            await DrawAsync($"{name}/{i:00}.png", width, height, i);
    }

    /// <summary>Draws one picture.</summary>
    public Task DrawAsync(string name, int width, int height, int shade) =>
        ImageWriter.WriteAsync(this[name], width, height, (first, rows, _) =>
        {
            for (int i = 0; i < rows.Length; i++)
                rows.Span[i] = (short)((shade * 97 + i % width * 5 + first) % 255 * 128 - 16000);
            return ValueTask.CompletedTask;
        }, cancellationToken: TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
