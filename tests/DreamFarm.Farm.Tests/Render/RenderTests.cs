using DreamFarm.Imaging;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>The command that does everything in one process.</summary>
public sealed class RenderTests : IDisposable
{
    private static readonly string[] Quick = ["--octaves", "2", "--steps", "2", "--layers", "3a", "--tile", "64"];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task The_same_dream_has_the_same_bytes_whatever_the_number_of_lanes()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        foreach (string lanes in (string[])["1", "3"])
        {
            var run = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", $"{lanes}.npy", "--lanes", lanes, .. Quick]);
            Assert.True(run.ExitCode == 0, run.Errors);
            Assert.Equal("", run.Output);
            Assert.Contains("octave 2/2 160x120, step 2/2, loss ", run.Errors);
        }

        Assert.Equal(await File.ReadAllBytesAsync(_folder["1.npy"], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(_folder["3.npy"], TestContext.Current.CancellationToken));
        Assert.Equal(["1.npy", "3.npy", "in.png"], _folder.Files());
    }

    [Fact]
    public async Task That_channels_are_measured_is_said_once_an_octave_before_its_steps()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        var run = await DreamfarmRun.InAsync(
            _folder.FullName, "render", "in.png", "-o", "out.png", "--octaves", "2", "--steps", "2", "--tile", "64", "--layers", "3a[strongest 3]");
        Assert.True(run.ExitCode == 0, run.Errors);
        string[] said = [.. run.Errors.Split('\n').Where(line => line.StartsWith("octave ", StringComparison.Ordinal))];
        Assert.Collection(
            said,
            line => Assert.Equal("octave 1/2 114x86, measuring channels", line),
            line => Assert.StartsWith("octave 1 is dreamt with l2(3a[", line),
            line => Assert.StartsWith("octave 1/2 114x86, step 1/2, loss ", line),
            line => Assert.StartsWith("octave 1/2 114x86, step 2/2, loss ", line),
            line => Assert.Equal("octave 2/2 160x120, measuring channels", line),
            line => Assert.StartsWith("octave 2 is dreamt with l2(3a[", line),
            line => Assert.StartsWith("octave 2/2 160x120, step 1/2, loss ", line),
            line => Assert.StartsWith("octave 2/2 160x120, step 2/2, loss ", line));
    }

    [Fact]
    public async Task What_a_preset_shows_can_be_copied_changed_and_dreamt()
    {
        var shown = await DreamfarmRun.InAsync(_folder.FullName, "presets", "show", "tutorial");
        Assert.StartsWith("# ", shown.Output);
        await File.WriteAllTextAsync(_folder["mine.yaml"], shown.Output, TestContext.Current.CancellationToken);

        // The flags make the tutorial's a dream that ends soon; what it says of octaves and sizes stays.
        string[] less = ["--network", "motif", "--layers", "3a", "--steps", "1"];
        var run = await DreamfarmRun.InAsync(_folder.FullName, ["render", "noise:100x80", "-o", "out.png", "--preset", "mine.yaml", .. less]);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("octave 5/5 169x135, step 1/1", run.Errors);
        var info = ImageReader.Inspect(_folder["out.png"]);
        Assert.Equal((100, 80), (info.Width, info.Height));
        Assert.Equal(["mine.yaml", "out.png"], _folder.Files());
    }

    [Theory]
    [InlineData("tutorial", "inception_v3", "in.png", "octave 5/5 135x101, step 1/1", 80, 60)]
    [InlineData("google", "bvlc_googlenet", "in.png", "octave 4/4 80x60, step 1/1", 80, 60)]
    [InlineData("channel", "bvlc_googlenet", "noise:48x48", "octave 3/3 94x94, step 1/1", 94, 94)]
    public async Task A_preset_runs_with_weights_from_the_models_folder(string preset, string network, string input, string last, int width, int height)
    {
        await Picture.DrawAsync(_folder["in.png"], 80, 60);
        Directory.CreateDirectory(_folder["models"]);
        RandomWeights.Write(_folder[$"models/{network}.safetensors"], NetworkCatalog.Find(network)!);
        // Less context than the network's reach, for the sake of the test's time; nothing else is another's.
        using var process = DreamfarmRun.StartWith(
            [$"DREAMFARM_MODELS={_folder["models"]}"], _folder.FullName, "render", input, "-o", "out.png", "--preset", preset, "--steps", "1", "--context", "32");
        var run = await DreamfarmRun.EndOfAsync(process);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains(last, run.Errors);
        var info = ImageReader.Inspect(_folder["out.png"]);
        Assert.Equal((width, height), (info.Width, info.Height));
    }

    [Theory]
    [InlineData("tutorial", "inception_v3")]
    [InlineData("google", "bvlc_googlenet")]
    public async Task A_preset_without_its_weights_says_which_are_missing(string preset, string network)
    {
        var run = await DreamfarmRun.InAsync(_folder.FullName, "render", "noise:64x64", "-o", "out.png", "--preset", preset);
        Assert.Contains($"networks pull {network}", run.Refusal());
        Assert.Empty(_folder.Files());
    }

    [Theory]
    [InlineData(1f, false)]
    [InlineData(0f, true)]
    public async Task A_dream_without_any_gradient_says_so(float scale, bool said)
    {
        RandomWeights.Write(_folder["weights.safetensors"], NetworkCatalog.Find("squeezenet1_1")!, scale);
        var run = await DreamfarmRun.InAsync(
            _folder.FullName, "render", "noise:64x48", "-o", "out.png", "--network", "squeezenet1_1", "--weights", "weights.safetensors", "--layers", "fire2", "--octaves", "1", "--steps", "2");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(said, run.Errors.Contains("the gradient was zero in every step, so nothing grew"));
    }

    [Fact]
    public async Task Interrupting_a_dream_leaves_nothing_behind()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        using var process = DreamfarmRun.Start(_folder.FullName, ["render", "in.png", "-o", "out.png", "--steps", "10000", "--layers", "3a", "--octaves", "1"]);
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
        }
        while (!line.Contains("step 1/10000"));
        DreamfarmRun.Send(process, Signal.Interrupt);

        var run = await DreamfarmRun.EndOfAsync(process);
        Assert.Equal(130, run.ExitCode);
        Assert.DoesNotContain("dreamfarm:", run.Errors);
        Assert.Equal(["in.png"], _folder.Files());
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
