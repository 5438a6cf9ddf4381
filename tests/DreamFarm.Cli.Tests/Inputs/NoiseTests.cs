using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Inputs;
using DreamFarm.Imaging;

namespace DreamFarm.Cli.Tests;

/// <summary>Noise in a photograph's place.</summary>
public sealed class NoiseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-tests-").FullName;

    [Fact]
    public async Task Noise_is_the_notebooks_uniform_numbers_above_100()
    {
        float[] samples = await DrawAsync("noise:320x200");

        // Of 0 .. 255, as the notebook counts.
        double[] values = [.. samples.Select(sample => (sample + 1) * 127.5)];
        Assert.Equal(320 * 200 * 3, values.Length);
        Assert.InRange(values.Min(), 99.99, 100.01);
        Assert.InRange(values.Max(), 100.99, 101.01);
        Assert.InRange(values.Average(), 100.495, 100.505);
        // Uniform, not two levels: the variance is 1/12.
        double mean = values.Average();
        Assert.InRange(values.Average(value => (value - mean) * (value - mean)), 0.082, 0.0847);
        // Neighbours have nothing in common.
        double together = values.Zip(values.Skip(1)).Average(pair => (pair.First - mean) * (pair.Second - mean));
        Assert.InRange(together, -0.001, 0.001);
    }

    [Fact]
    public async Task A_seed_gives_one_noise_and_another_seed_another()
    {
        float[] first = await DrawAsync("noise:50x40");
        Assert.Equal(first, await DrawAsync("noise:50x40:1"));
        Assert.NotEqual(first, await DrawAsync("noise:50x40:2"));
    }

    [Theory]
    [InlineData("noise:640", "noise:640 must be noise:WIDTHxHEIGHT or noise:WIDTHxHEIGHT:SEED, such as noise:640x480; a file of that name is ./noise:640")]
    [InlineData("noise:", "noise: must be noise:WIDTHxHEIGHT")]
    [InlineData("noise:64x48:x", "noise:64x48:x must be noise:WIDTHxHEIGHT")]
    [InlineData("noise:64x48:1:2", "noise:64x48:1:2 must be noise:WIDTHxHEIGHT")]
    [InlineData("noise:0x48", "noise:0x48: a side of it must be 1 to 100000 pixels, not 0")]
    [InlineData("noise:64xmany", "noise:64xmany: a side of it must be 1 to 100000 pixels, not \"many\"")]
    [InlineData("noise:100000x100000", "noise:100000x100000 would have more than 1000 megapixels")]
    public void What_is_no_noise_is_told_how_to_be(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<UserException>(() => NoiseSource.TryParse(text, out _)).Message);

    [Fact]
    public void A_file_that_is_called_noise_is_reached_by_its_folder()
    {
        Assert.False(NoiseSource.TryParse("./noise:64x48", out _));
        Assert.False(NoiseSource.TryParse("noise.png", out _));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<float[]> DrawAsync(string text)
    {
        using var image = await InputImage.PrepareAsync(text, TestContext.Current.CancellationToken);
        string raw = Path.Combine(_folder, "raw");
        var info = await ImageReader.DecodeAsync(image.Path, raw, Path.Combine(_folder, "alpha"), cancellationToken: TestContext.Current.CancellationToken);
        using var decoded = new RawImage(raw, info.Width, info.Height, info.BitsPerSample);
        var samples = new float[info.Height * 3 * info.Width];
        decoded.ReadRows(0, info.Height, samples);
        return samples;
    }
}
