using NetVips;

namespace DreamFarm.Imaging.Tests;

/// <summary>Pictures that are shrunk while they are decoded, as a training wants them.</summary>
public sealed class SmallImageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Every_orientation_comes_out_upright(int orientation)
    {
        // So large that the decoder halves it before the filter does, and more than one strip.
        const int W = 300, H = 480;
        await Pictures.WriteSmoothAsync(_folder["a.jpg"], W, H, new ImageWriteOptions { Quality = 100 });
        var bytes = await File.ReadAllBytesAsync(_folder["a.jpg"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["b.jpg"], Pictures.WithOrientation(bytes, orientation), TestContext.Current.CancellationToken);

        var small = ImageReader.ReadSmall(_folder["b.jpg"], 60, 1000, cancellationToken: TestContext.Current.CancellationToken);

        var turned = orientation >= 5;
        Assert.Equal(turned ? (96, 60) : (60, 96), (small.Width, small.Height));
        Assert.Equal(turned ? (H, W) : (W, H), (small.Source.Width, small.Source.Height));
        foreach (var (x, y) in new[] { (3, 3), (56, 3), (3, 92), (56, 92), (20, 24), (12, 64) })
        {
            var (column, row) = orientation switch
            {
                1 => (x, y),
                2 => (59 - x, y),
                3 => (59 - x, 95 - y),
                4 => (x, 95 - y),
                5 => (y, x),
                6 => (95 - y, x),
                7 => (95 - y, 59 - x),
                _ => (y, 59 - x),
            };
            for (var plane = 0; plane < 3; plane++)
                Assert.Equal(Pictures.Smooth(x, y, plane, 60, 96), At(small, plane, column, row) / 127.5f - 1, 0.05f);
        }
    }

    [Fact]
    public async Task A_small_picture_keeps_its_pixels_and_a_long_one_its_middle()
    {
        await Pictures.WriteSmoothAsync(_folder["a.png"], 200, 50);
        var small = ImageReader.ReadSmall(_folder["a.png"], 80, 160, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((160, 50), (small.Width, small.Height));
        foreach (var (x, y) in new[] { (0, 0), (159, 49), (70, 20) })
            for (var plane = 0; plane < 3; plane++)
                Assert.Equal((Pictures.Smooth(x + 20, y, plane, 200, 50) + 1) * 127.5f, At(small, plane, x, y), 0.6f);
    }

    [Fact]
    public void Sixteen_bits_become_eight_and_transparent_pixels_grey()
    {
        ushort[] samples = [.. Enumerable.Range(0, 64 * 64).SelectMany(i => (ushort[])[51400, 25700, 257, i % 64 < 32 ? ushort.MaxValue : (ushort)0])];
        using (var plain = Image.NewFromMemoryCopy<ushort>(samples, 64, 64, 4, Enums.BandFormat.Ushort))
        using (var rgb = plain.Copy(interpretation: Enums.Interpretation.Rgb16))
        using (var target = Target.NewToFile(_folder["a.png"]))
            rgb.PngsaveTarget(target);
        var small = ImageReader.ReadSmall(_folder["a.png"], 64, 64, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((200, 100, 1), (At(small, 0, 5, 5), At(small, 1, 5, 5), At(small, 2, 5, 5)));
        Assert.Equal((128, 128, 128), (At(small, 0, 60, 5), At(small, 1, 60, 5), At(small, 2, 60, 5)));
    }

    [Fact]
    public async Task A_picture_that_is_cut_short_is_named()
    {
        await Pictures.WriteSmoothAsync(_folder["a.jpg"], 640, 480);
        var bytes = await File.ReadAllBytesAsync(_folder["a.jpg"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["half.jpg"], bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        var failure = Assert.Throws<ImageException>(() => ImageReader.ReadSmall(_folder["half.jpg"], 80, 160));
        Assert.StartsWith($"{_folder["half.jpg"]} is damaged or cut short", failure.Message);
    }

    private static int At(SmallImage image, int plane, int x, int y) => image.Planes[(plane * image.Height + y) * image.Width + x];
}
