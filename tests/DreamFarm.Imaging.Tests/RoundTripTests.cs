namespace DreamFarm.Imaging.Tests;

public sealed class RoundTripTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.png", 8, "PNG", 0.5 / 127.5)]
    [InlineData("a.png", 16, "PNG", 1.0 / 32767)]
    [InlineData("a.tif", 8, "TIFF", 0.5 / 127.5)]
    [InlineData("a.TIFF", 16, "TIFF", 1.0 / 32767)]
    [InlineData("a.jpg", 8, "JPEG", 0.04)]
    [InlineData("a.JPEG", 8, "JPEG", 0.04)]
    [InlineData("a.webp", 8, "WebP", 0.08)]
    public async Task A_written_canvas_reads_back(string name, int bits, string format, double tolerance)
    {
        // Higher than one strip of the writer, and of a width that no block size divides.
        const int Width = 1003, Height = 1501;
        await Pictures.WriteSmoothAsync(_folder[name], Width, Height, new ImageWriteOptions { BitsPerSample = bits });

        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder[name]);

        Assert.Equal(new ImageInfo(format, Width, Height, bits, HasAlpha: false, HasProfile: false), info);
        var worst = 0f;
        for (var y = 0; y < Height; y++)
            for (var plane = 0; plane < 3; plane++)
                for (var x = 0; x < Width; x++)
                    worst = Math.Max(worst, Math.Abs(pixels[(y * 3 + plane) * Width + x] - Pictures.Smooth(x, y, plane, Width, Height)));
        Assert.InRange(worst, 0, tolerance + 1e-4);
    }

    [Fact]
    public async Task Every_canvas_value_becomes_the_byte_that_the_reference_rounds_it_to()
    {
        const int Width = 65536;
        await ImageWriter.WriteAsync(
            _folder["all.png"], Width, 1,
            (_, rows, _) =>
            {
                for (var i = 0; i < rows.Length; i++)
                    rows.Span[i] = (short)(i % Width + short.MinValue);
                return ValueTask.CompletedTask;
            },
            cancellationToken: TestContext.Current.CancellationToken);
        var raw = _folder["all.raw"];
        await ImageReader.DecodeAsync(_folder["all.png"], raw, _folder["all.alpha"], cancellationToken: TestContext.Current.CancellationToken);

        var samples = await File.ReadAllBytesAsync(raw, TestContext.Current.CancellationToken);
        for (var x = 0; x < Width; x++)
        {
            var value = Math.Clamp((x + short.MinValue) / 32767f, -1f, 1f);
            Assert.Equal((byte)MathF.Round((value + 1f) * 127.5f), samples[3 * x + 1]);
        }
    }

    [Fact]
    public async Task Rows_are_read_at_random_as_planes()
    {
        const int Width = 37, Height = 29;
        await Pictures.WriteSmoothAsync(_folder["a.png"], Width, Height);
        var (_, all) = await Pictures.DecodeAsync(_folder, _folder["a.png"]);
        using var image = new RawImage(_folder["decoded.raw"], Width, Height, 8);

        var some = new float[3 * 3 * Width];
        image.ReadRows(11, 3, some);

        Assert.Equal(all[(11 * 3 * Width)..(14 * 3 * Width)], some);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.ReadRows(27, 3, some));
    }

    [Fact]
    public async Task A_single_pixel_is_an_image()
    {
        await Pictures.WriteSmoothAsync(_folder["a.png"], 1, 1);
        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder["a.png"]);
        Assert.Equal((1, 1), (info.Width, info.Height));
        Assert.Equal(3, pixels.Length);
    }
}
