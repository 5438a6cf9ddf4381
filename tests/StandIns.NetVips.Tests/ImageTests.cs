using NetVips;

namespace StandIns.NetVips.Tests;

/// <summary>The members of NetVips that the imaging library calls behave as the official package's do.</summary>
public sealed class ImageTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"netvips-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Libvips_is_started_with_the_assembly()
    {
        Assert.True(ModuleInitializer.VipsInitialized);
        Assert.Null(ModuleInitializer.Exception);
    }

    [Fact]
    public void Settings_keep_what_they_are_given()
    {
        (Cache.Max, global::NetVips.NetVips.Concurrency) = (7, 3);
        Assert.Equal((7, 3), (Cache.Max, global::NetVips.NetVips.Concurrency));
    }

    [Fact]
    public void An_image_from_memory_tells_its_header_and_gives_its_pixels()
    {
        using var image = Numbers(5, 4, 3);
        Assert.Equal((5, 4, 3, Enums.BandFormat.Uchar), (image.Width, image.Height, image.Bands, image.Format));
        using var named = image.Copy(interpretation: Enums.Interpretation.Srgb);
        Assert.Equal(Enums.Interpretation.Srgb, named.Interpretation);
        using var region = Region.New(image);
        Assert.Equal([36, 37, 38, 39, 40, 41], region.Fetch(2, 2, 2, 1));
    }

    [Fact]
    public void Bands_are_taken_apart_and_joined()
    {
        using var image = Numbers(2, 1, 4);
        using var last = image.ExtractBand(3);
        using var first = image.ExtractBand(0, n: 2);
        using var joined = last.Bandjoin(first, last);
        Assert.Equal([3, 0, 1, 3, 7, 4, 5, 7], Fetch(joined));
    }

    [Fact]
    public void Numbers_are_scaled_and_cast()
    {
        using var image = Numbers(2, 1, 2);
        using var scaled = image.Linear([100.0, 2.0], [0.5, 0.0]);
        Assert.Equal(Enums.BandFormat.Float, scaled.Format);
        using var cast = scaled.Cast(Enums.BandFormat.Uchar);
        Assert.Equal([0, 2, 200, 6], Fetch(cast));
        using var high = image.Cast(Enums.BandFormat.Ushort, shift: true);
        Assert.Equal([0, 256, 512, 768], Fetch(high).Chunk(2).Select(pair => (int)BitConverter.ToUInt16(pair) & 0xFF00));
    }

    [Fact]
    public void Images_are_resized_by_a_factor_for_each_axis()
    {
        using var image = Numbers(10, 8, 1);
        using var half = image.Resize(0.5, kernel: Enums.Kernel.Lanczos3);
        Assert.Equal((5, 4), (half.Width, half.Height));
        using var stretched = image.Resize(0.5, kernel: Enums.Kernel.Lanczos3, vscale: 2);
        Assert.Equal((5, 16), (stretched.Width, stretched.Height));
        // Numbers grow from left to right and from row to row, and so they do when they are resized.
        Assert.Equal([.. Fetch(half).Order()], Fetch(half));
    }

    [Fact]
    public void A_loader_takes_options_of_its_own()
    {
        using var image = Numbers(64, 32, 3);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, image.JpegsaveBuffer());
            using var source = Source.NewFromFile(path);
            using var half = Image.NewFromSource(source, "[shrink=2]");
            Assert.Equal((32, 16), (half.Width, half.Height));
            using var again = Source.NewFromFile(path);
            Assert.Throws<VipsException>(() => Image.NewFromSource(again, "[shrunk=2]"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Transparent_pixels_show_the_background()
    {
        using var image = Image.NewFromMemoryCopy<byte>([10, 20, 30, 255, 10, 20, 30, 0], 2, 1, 4, Enums.BandFormat.Uchar);
        using var flat = image.Flatten(background: [128, 128, 128], maxAlpha: 255);
        Assert.Equal([10, 20, 30, 128, 128, 128], Fetch(flat));
    }

    [Fact]
    public void Grey_becomes_sRGB()
    {
        using var image = Numbers(2, 1, 1);
        using var grey = image.Copy(interpretation: Enums.Interpretation.Bw);
        using var colour = grey.Colourspace(Enums.Interpretation.Srgb);
        Assert.Equal([0, 0, 0, 1, 1, 1], Fetch(colour));
    }

    [Fact]
    public void A_saved_file_is_read_back_with_its_profile()
    {
        using (var image = Numbers(8, 8, 3))
        using (var srgb = image.Copy(interpretation: Enums.Interpretation.Srgb))
        using (var p3 = srgb.IccTransform("p3", inputProfile: "srgb", depth: 8))
        using (var target = Target.NewToFile(_path))
            p3.PngsaveTarget(target, compression: 1, filter: Enums.ForeignPngFilter.Sub);

        using var source = Source.NewFromFile(_path);
        using var read = Image.NewFromSource(source, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        Assert.Equal((8, 8, 3), (read.Width, read.Height, read.Bands));
        Assert.True(read.Contains("icc-profile-data"));
        // Whether an upright image says so depends on libvips' version.
        Assert.False(read.Contains("icc-profile"));
        Assert.Equal(8, read.Get("width"));
    }

    [Fact]
    public void A_source_of_ones_own_is_read_like_a_file()
    {
        byte[] content = [.. "P5\n3 2\n255\n"u8, 1, 2, 3, 4, 5, 6];
        var place = 0;
        using var source = new SourceCustom();
        source.OnRead += (buffer, length) =>
        {
            // In dribs, as a network gives them.
            var count = Math.Min(Math.Min(length, 4), content.Length - place);
            content.AsSpan(place, count).CopyTo(buffer);
            place += count;
            return count;
        };
        using var image = Image.NewFromSource(source, access: Enums.Access.Sequential);
        Assert.Equal([1, 2, 3, 4, 5, 6], Fetch(image));
    }

    [Fact]
    public void An_exception_in_a_source_is_a_failed_read()
    {
        using var source = new SourceCustom();
        source.OnRead += (_, _) => throw new InvalidOperationException("no more");
        Assert.Throws<VipsException>(() => Image.NewFromSource(source));
    }

    [Fact]
    public void Failures_carry_libvips_own_words()
    {
        var failure = Assert.Throws<VipsException>(() => Source.NewFromFile(_path + ".none"));
        Assert.Contains("No such file or directory", failure.Message);
        Assert.Throws<VipsException>(() => Target.NewToFile(_path + "/none/none"));
        using var image = Numbers(2, 2, 1);
        Assert.Throws<VipsException>(() => image.ExtractBand(1));
        Assert.Throws<VipsException>(() => image.Get("no-such-item"));
    }

    [Fact]
    public void A_JPEG_is_written_into_memory()
    {
        using var image = Numbers(8, 8, 3);
        var jpeg = image.JpegsaveBuffer(q: 50, subsampleMode: Enums.ForeignSubsample.Off);
        Assert.Equal([0xFF, 0xD8, 0xFF], jpeg[..3]);
        Assert.True(image.JpegsaveBuffer(q: 95).Length > jpeg.Length);
    }

    /// <summary>0, 1, 2 ... in memory order.</summary>
    private static Image Numbers(int width, int height, int bands) =>
        Image.NewFromMemoryCopy<byte>(
            [.. Enumerable.Range(0, width * height * bands).Select(i => (byte)i)], width, height, bands, Enums.BandFormat.Uchar);

    private static byte[] Fetch(Image image)
    {
        using var region = Region.New(image);
        return region.Fetch(0, 0, image.Width, image.Height);
    }
}
