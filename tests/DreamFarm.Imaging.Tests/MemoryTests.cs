namespace DreamFarm.Imaging.Tests;

/// <summary>Runs alone: it watches the memory of the whole process.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryCollection;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public MemoryTests() => PeakMemory.SkipIfUnknown();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_large_canvas_is_resized_in_little_memory()
    {
        // The libraries' own memory is not the writer's: let a small canvas load them.
        await Pictures.WriteSmoothAsync(_folder["warm.jpg"], 8000, 100, new ImageWriteOptions { Width = 4000, Height = 50 });
        long more = await GrowthAsync(() => ImageWriter.WriteAsync(
            _folder["a.jpg"], 8000, 12_000,
            (_, rows, _) =>
            {
                rows.Span.Clear();
                return ValueTask.CompletedTask;
            },
            new ImageWriteOptions { Width = 4733, Height = 7101 }, TestContext.Current.CancellationToken));
        // 96 megapixels are 288 MB as bytes; the writer, the filter and the encoder hold rows.
        Assert.InRange(more, 0, 150_000_000);
    }

    [Fact]
    public async Task An_enormous_header_in_a_tiny_file_is_refused_before_memory_is_used()
    {
        await File.WriteAllBytesAsync(_folder["bomb.png"], Pictures.PngHeader(60_000, 60_000), TestContext.Current.CancellationToken);
        long more = await GrowthAsync(async () =>
        {
            var failure = await Assert.ThrowsAsync<ImageException>(() => ImageReader.DecodeAsync(
                _folder["bomb.png"], _folder["x.raw"], _folder["x.alpha"], cancellationToken: TestContext.Current.CancellationToken));
            Assert.Contains("is 60000 x 60000 pixels, 3600 megapixels; at most 500 are read", failure.Message);
        });
        Assert.False(File.Exists(_folder["x.raw"]));
        Assert.InRange(more, 0, 50 << 20);
    }

    private static async Task<long> GrowthAsync(Func<Task> work)
    {
        long more = await PeakMemory.GrowthAsync(work);
        TestContext.Current.TestOutputHelper!.WriteLine($"{more / 1e6:0.0} MB more");
        return more;
    }
}
