using NetVips;

namespace DreamFarm.Imaging.Tests;

public sealed class ColourTests : IDisposable
{
    private const int Width = 64, Height = 48;
    private static readonly byte[] _colour = [200, 90, 40];

    private readonly TestFolder _folder = new();

    public ColourTests() => ImageReader.Inspect(Start()); // Starts libvips the way the library does.

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
        // Larger than one strip of the decoder, so that strips must land in their places.
        const int W = 1500, H = 2503;
        await Pictures.WriteSmoothAsync(_folder["a.jpg"], W, H, new ImageWriteOptions { Quality = 100 });
        var bytes = await File.ReadAllBytesAsync(_folder["a.jpg"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["b.jpg"], Pictures.WithOrientation(bytes, orientation), TestContext.Current.CancellationToken);

        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder["b.jpg"]);

        var turned = orientation >= 5;
        Assert.Equal(turned ? (H, W) : (W, H), (info.Width, info.Height));
        foreach (var (x, y) in new[] { (0, 0), (W - 1, 0), (0, H - 1), (W - 1, H - 1), (W / 3, H / 4), (W / 5, 2 * H / 3) })
        {
            // Where EXIF 2.3's table puts the file's pixel (x, y).
            var (column, row) = orientation switch
            {
                1 => (x, y),
                2 => (W - 1 - x, y),
                3 => (W - 1 - x, H - 1 - y),
                4 => (x, H - 1 - y),
                5 => (y, x),
                6 => (H - 1 - y, x),
                7 => (H - 1 - y, W - 1 - x),
                _ => (y, W - 1 - x),
            };
            for (var plane = 0; plane < 3; plane++)
                Assert.Equal(Pictures.Smooth(x, y, plane, W, H), pixels[(row * 3 + plane) * info.Width + column], 0.05f);
        }
    }

    [Fact]
    public async Task An_embedded_profile_is_converted_to_sRGB()
    {
        using (var srgb = Plain(_colour, Enums.Interpretation.Srgb))
        using (var p3 = srgb.IccTransform("p3", inputProfile: "srgb", intent: Enums.Intent.Relative, depth: 8))
        {
            Save(p3, "p3.png");
            Assert.InRange(Difference(p3, _colour), 10, 255); // The stored numbers are others than sRGB's.
        }
        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder["p3.png"]);

        Assert.True(info.HasProfile);
        AssertColour(pixels, _colour, tolerance: 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Four_inks_become_sRGB_with_their_profile_and_without(bool profile)
    {
        using (var srgb = Plain(_colour, Enums.Interpretation.Srgb))
        using (var inks = srgb.IccTransform("cmyk", inputProfile: "srgb", intent: Enums.Intent.Relative, blackPointCompensation: true, depth: 8))
        using (var bare = Pictures.FromBytes(Fetch(inks), Width, Height, 4, Enums.Interpretation.Cmyk))
            Save(profile ? inks : bare, "cmyk.jpg");
        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder["cmyk.jpg"]);

        Assert.Equal(new ImageInfo("JPEG", Width, Height, 8, HasAlpha: false, HasProfile: profile), info);
        AssertColour(pixels, _colour, tolerance: 12);
    }

    [Theory]
    [InlineData("grey.png")]
    [InlineData("grey.jpg")]
    public async Task Grey_becomes_three_equal_planes(string name)
    {
        using (var grey = Plain([77], Enums.Interpretation.Bw))
            Save(grey, name);
        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder[name]);

        Assert.False(info.HasAlpha);
        AssertColour(pixels, [77, 77, 77], tolerance: 0);
    }

    [Fact]
    public async Task Grey_with_alpha_and_16_bits_is_read_as_it_is()
    {
        var samples = new ushort[Width * Height * 2];
        for (var i = 0; i < samples.Length; i += 2)
            (samples[i], samples[i + 1]) = (12345, 54321);
        using (var plain = Image.NewFromMemoryCopy<ushort>(samples, Width, Height, 2, Enums.BandFormat.Ushort))
        using (var grey = plain.Copy(interpretation: Enums.Interpretation.Grey16))
            Save(grey, "grey16.png");
        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder["grey16.png"]);

        Assert.Equal(new ImageInfo("PNG", Width, Height, 16, HasAlpha: true, HasProfile: false), info);
        Assert.Equal(12345 / 32767.5f - 1f, pixels[0]);
        Assert.Equal(12345 / 32767.5f - 1f, pixels[^1]);
        using var alpha = new RawAlpha(_folder["decoded.alpha"], Width, Height, 16);
        var row = new byte[2 * Width];
        alpha.ReadRows(Height - 1, 1, row);
        Assert.Equal(54321, BitConverter.ToUInt16(row));
    }

    [Fact]
    public async Task Floating_point_is_taken_as_linear_light()
    {
        var samples = new float[Width * Height * 3];
        for (var i = 0; i < samples.Length; i += 3)
            (samples[i], samples[i + 1], samples[i + 2]) = (1f, 0.214f, 0f); // 0.214 of the light is sRGB's middle.
        using (var plain = Image.NewFromMemoryCopy<float>(samples, Width, Height, 3, Enums.BandFormat.Float))
        using (var light = plain.Copy(interpretation: Enums.Interpretation.Scrgb))
            Save(light, "float.tif");
        var (info, pixels) = await Pictures.DecodeAsync(_folder, _folder["float.tif"]);

        Assert.Equal(16, info.BitsPerSample);
        Assert.Equal(1f, pixels[0], 0.001f);
        Assert.Equal(0f, pixels[Width], 0.01f);
        Assert.Equal(-1f, pixels[2 * Width], 0.001f);
    }

    [Theory]
    [InlineData("a.png", 8)]
    [InlineData("a.png", 16)]
    [InlineData("a.tif", 8)]
    [InlineData("a.webp", 8)]
    public async Task Alpha_is_kept_apart_and_put_back(string name, int bits)
    {
        var samples = new byte[Width * Height * 4];
        for (var i = 0; i < Width * Height; i++)
            (samples[4 * i], samples[4 * i + 1], samples[4 * i + 2], samples[4 * i + 3]) = (200, 90, 40, (byte)(i % Width * 4));
        using (var rgba = Pictures.FromBytes(samples, Width, Height, 4, Enums.Interpretation.Srgb))
            Save(rgba, "in.png");
        var info = await ImageReader.DecodeAsync(
            _folder["in.png"], _folder["in.raw"], _folder["in.alpha"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(info.HasAlpha);
        using var alpha = new RawAlpha(_folder["in.alpha"], Width, Height, 8);

        await Pictures.WriteSmoothAsync(_folder[name], Width, Height, new ImageWriteOptions { Alpha = alpha, BitsPerSample = bits });
        var (again, _) = await Pictures.DecodeAsync(_folder, _folder[name]);

        Assert.True(again.HasAlpha);
        using var result = new RawAlpha(_folder["decoded.alpha"], Width, Height, bits);
        var row = new byte[Width * bits / 8];
        result.ReadRows(Height / 2, 1, row);
        for (var x = 0; x < Width; x++)
            Assert.Equal(x * 4, bits == 8 ? row[x] : BitConverter.ToUInt16(row, 2 * x) / 257);
    }

    [Theory]
    [InlineData(3.0)]
    [InlineData(0.5)]
    public async Task Alpha_is_resized_to_the_canvas(double scale)
    {
        var ramp = new byte[Width * Height];
        for (var i = 0; i < ramp.Length; i++)
            ramp[i] = (byte)(i % Width * 4);
        await File.WriteAllBytesAsync(_folder["ramp"], ramp, TestContext.Current.CancellationToken);
        using var alpha = new RawAlpha(_folder["ramp"], Width, Height, 8);
        var (width, height) = ((int)(Width * scale), (int)(Height * scale));

        await Pictures.WriteSmoothAsync(_folder["a.png"], width, height, new ImageWriteOptions { Alpha = alpha });
        await Pictures.DecodeAsync(_folder, _folder["a.png"]);

        using var result = new RawAlpha(_folder["decoded.alpha"], width, height, 8);
        var row = new byte[width];
        result.ReadRows(height - 1, 1, row);
        for (var x = width / 8; x < width * 7 / 8; x++)
            Assert.Equal(((x + 0.5) / scale - 0.5) * 4, row[x], 0.51);
    }

    [Fact]
    public async Task A_preview_is_a_JPEG_of_its_bytes()
    {
        var pixels = new byte[Width * Height * 3];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = _colour[i % 3];
        await File.WriteAllBytesAsync(_folder["preview.jpg"], ImageWriter.EncodeJpeg(pixels, Width, Height), TestContext.Current.CancellationToken);
        var (_, read) = await Pictures.DecodeAsync(_folder, _folder["preview.jpg"]);
        AssertColour(read, _colour, tolerance: 3);
    }

    private string Start()
    {
        File.WriteAllBytes(_folder["start.jpg"], ImageWriter.EncodeJpeg(new byte[3], 1, 1));
        return _folder["start.jpg"];
    }

    private void Save(Image image, string name)
    {
        using var target = Target.NewToFile(_folder[name]);
        if (name.EndsWith(".png"))
            image.PngsaveTarget(target);
        else if (name.EndsWith(".tif"))
            image.TiffsaveTarget(target);
        else
            image.JpegsaveTarget(target, q: 100, subsampleMode: Enums.ForeignSubsample.Off);
    }

    private static Image Plain(byte[] colour, Enums.Interpretation meaning)
    {
        var samples = new byte[Width * Height * colour.Length];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = colour[i % colour.Length];
        return Pictures.FromBytes(samples, Width, Height, colour.Length, meaning);
    }

    private static byte[] Fetch(Image image)
    {
        using var region = Region.New(image);
        return region.Fetch(0, 0, image.Width, image.Height);
    }

    private static int Difference(Image image, byte[] colour)
    {
        var samples = Fetch(image);
        return Enumerable.Range(0, 3).Max(i => Math.Abs(samples[i] - colour[i]));
    }

    private static void AssertColour(float[] pixels, byte[] colour, float tolerance)
    {
        for (var plane = 0; plane < 3; plane++)
            Assert.Equal(colour[plane], (pixels[(Height / 2 * 3 + plane) * Width + Width / 2] + 1) * 127.5f, tolerance + 0.01f);
    }
}
