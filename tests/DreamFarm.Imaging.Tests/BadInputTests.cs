namespace DreamFarm.Imaging.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var path = _folder["none.jpg"];
        Assert.Equal($"There is no file {path}.", Assert.Throws<ImageException>(() => ImageReader.Inspect(path)).Message);
        await RefusesAsync(path, "There is no file");
    }

    [Fact]
    public Task A_folder_is_no_image() => RefusesAsync(_folder.Path, "is a folder");

    [Fact]
    public async Task A_text_file_named_png_is_no_image()
    {
        await File.WriteAllTextAsync(_folder["note.png"], "Not a picture at all.", TestContext.Current.CancellationToken);
        await RefusesAsync(_folder["note.png"], "is not a JPEG, PNG, TIFF or WebP image");
    }

    [Fact]
    public async Task An_empty_file_is_no_image()
    {
        await File.WriteAllBytesAsync(_folder["empty.jpg"], [], TestContext.Current.CancellationToken);
        await RefusesAsync(_folder["empty.jpg"], "is empty");
    }

    [Theory]
    [InlineData("a.jpg", 0.7)]
    [InlineData("a.jpg", 0.999)]
    [InlineData("a.jpg", 0.001)]
    [InlineData("a.png", 0.7)]
    [InlineData("a.tif", 0.7)]
    [InlineData("a.webp", 0.7)]
    public async Task A_file_that_is_cut_short_fails_instead_of_turning_grey(string name, double kept)
    {
        await Pictures.WriteSmoothAsync(_folder["whole-" + name], 700, 500);
        var bytes = await File.ReadAllBytesAsync(_folder["whole-" + name], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder[name], bytes[..Math.Max(16, (int)(kept * bytes.Length))], TestContext.Current.CancellationToken);

        await RefusesAsync(_folder[name], "damaged");
    }

    [Fact]
    public async Task The_limit_of_pixels_is_the_callers()
    {
        await Pictures.WriteSmoothAsync(_folder["a.png"], 100, 50);
        Assert.Equal(100, ImageReader.Inspect(_folder["a.png"], maxPixels: 5000).Width);
        Assert.Throws<ImageException>(() => ImageReader.Inspect(_folder["a.png"], maxPixels: 4999));
    }

    [Fact]
    public async Task A_large_header_without_its_data_fails_within_the_limit()
    {
        await File.WriteAllBytesAsync(_folder["hollow.png"], Pictures.PngHeader(20_000, 20_000), TestContext.Current.CancellationToken);
        await RefusesAsync(_folder["hollow.png"], "damaged");
    }

    [Fact]
    public async Task A_name_with_brackets_is_a_name_and_no_options()
    {
        await Pictures.WriteSmoothAsync(_folder["a[page=3].png"], 10, 10);
        Assert.Equal(10, ImageReader.Inspect(_folder["a[page=3].png"]).Width);
    }

    /// <summary>Decoding fails with one sentence that names the file, and leaves no raw file.</summary>
    private async Task RefusesAsync(string path, string reason)
    {
        var failure = await Assert.ThrowsAsync<ImageException>(() => ImageReader.DecodeAsync(
            path, _folder["x.raw"], _folder["x.alpha"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains(path, failure.Message);
        Assert.Contains(reason, failure.Message);
        Assert.EndsWith(".", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.False(File.Exists(_folder["x.raw"]));
        TestContext.Current.TestOutputHelper!.WriteLine(failure.Message);
    }
}
