namespace DreamFarm.Imaging.Tests;

/// <summary>A canvas that becomes a picture of another size while it is written.</summary>
public sealed class ResizingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.png", 8, 593, 888)]
    [InlineData("a.png", 16, 593, 888)]
    [InlineData("a.tif", 8, 501, 700)]
    [InlineData("a.webp", 8, 100, 151)]
    [InlineData("a.jpg", 8, 1303, 1951)]
    [InlineData("a.png", 8, 1003, 150)]
    public async Task A_canvas_is_resized_to_the_very_size_that_is_asked_for(string name, int bits, int width, int height)
    {
        const int Width = 1003, Height = 1501;
        await Pictures.WriteSmoothAsync(_folder[name], Width, Height, new ImageWriteOptions { Width = width, Height = height, BitsPerSample = bits });

        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder[name]);
        Assert.Equal((width, height, bits), (info.Width, info.Height, info.BitsPerSample));
        var worst = 0f;
        for (var y = 3; y < height - 3; y++)
            for (var plane = 0; plane < 3; plane++)
                for (var x = 3; x < width - 3; x++)
                    worst = Math.Max(worst, Math.Abs(pixels[(y * 3 + plane) * width + x] - Pictures.Smooth(x, y, plane, width, height)));
        // One 8-bit level is 0.0078; lossy formats err more.
        Assert.InRange(worst, 0, name is "a.webp" or "a.jpg" ? 0.08 : 0.0078);
    }

    [Fact]
    public async Task What_is_finer_than_the_picture_becomes_its_mean()
    {
        // Stripes of two pixels: taking every fourth would show one colour alone.
        await ImageWriter.WriteAsync(
            _folder["a.png"], 400, 400, Pictures.Rows(400, 400, (x, y, _) => (x & 1) == (y & 1) ? 0.5f : -0.5f),
            new ImageWriteOptions { Width = 100, Height = 100 }, TestContext.Current.CancellationToken);
        var (_, pixels) = await Pictures.DecodeAsync(_folder, _folder["a.png"]);
        Assert.InRange(pixels.Max(pixel => Math.Abs(pixel)), 0, 0.02);
    }

    [Fact]
    public async Task Alpha_is_resized_to_the_picture()
    {
        const int Width = 64, Height = 48;
        byte[] ramp = [.. Enumerable.Range(0, Width * Height).Select(i => (byte)(4 * (i % Width)))];
        await File.WriteAllBytesAsync(_folder["ramp"], ramp, TestContext.Current.CancellationToken);
        using var alpha = new RawAlpha(_folder["ramp"], Width, Height, 8);

        await Pictures.WriteSmoothAsync(_folder["a.png"], 108, 81, new ImageWriteOptions { Alpha = alpha, Width = Width, Height = Height });

        var (info, _) = await Pictures.DecodeAsync(_folder, _folder["a.png"]);
        Assert.Equal((Width, Height, true), (info.Width, info.Height, info.HasAlpha));
        Assert.Equal(ramp, await File.ReadAllBytesAsync(_folder["decoded.alpha"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Npy_keeps_the_canvas()
    {
        await Pictures.WriteSmoothAsync(_folder["whole.npy"], 30, 20);
        await Pictures.WriteSmoothAsync(_folder["a.npy"], 30, 20, new ImageWriteOptions { Width = 15, Height = 10 });
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["whole.npy"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["a.npy"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_format_has_to_hold_the_picture_not_the_canvas()
    {
        await Pictures.WriteSmoothAsync(_folder["a.webp"], 17_000, 8, new ImageWriteOptions { Width = 1700, Height = 8 });
        Assert.Equal(1700, ImageReader.Inspect(_folder["a.webp"]).Width);
        var failure = await Assert.ThrowsAsync<ImageException>(() => Pictures.WriteSmoothAsync(_folder["b.webp"], 100, 8, new ImageWriteOptions { Width = 17_000, Height = 8 }));
        Assert.Contains("16383", failure.Message);
    }
}
