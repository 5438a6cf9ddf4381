using System.Globalization;
using System.Text.RegularExpressions;

namespace DreamFarm.Farm.Tests;

/// <summary>
/// What render and a farm make of a photograph against the reference script, which evaluates the whole canvas at once.
/// Gradient ascent is chaotic, so single steps are compared closely and eight steps loosely.
/// </summary>
public sealed partial class SameDreamTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public static TheoryData<string, int> Cases() => new()
    {
        { "wrap", 128 }, { "wrap", 256 }, { "wrap", 2048 },
        { "reflect", 128 }, { "reflect", 256 }, { "reflect", 2048 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_step_is_the_references(string boundary, int tile)
    {
        Shared.SkipUnlessTheReferenceRuns();
        var (reference, loss) = await ReferenceAsync(boundary, octaves: 1, steps: 1);

        var run = await RenderAsync(boundary, tile, octaves: 1, steps: 1);

        AssertNear(run, "render.npy", reference, loss, decibels: 80, lossError: 1e-4);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Two_octaves_of_four_steps_stay_near_the_references(string boundary, int tile)
    {
        Shared.SkipUnlessTheReferenceRuns();
        var (reference, loss) = await ReferenceAsync(boundary, octaves: 2, steps: 4);

        // Eight steps make much of little: with exact context nothing but rounding differs from the reference.
        var run = await RenderAsync(boundary, tile, octaves: 2, steps: 4, "--context", "exact");

        AssertNear(run, "render.npy", reference, loss, decibels: 33, lossError: 1e-2);
    }

    [Theory]
    [InlineData("wrap", 256)]
    [InlineData("reflect", 128)]
    public async Task A_farm_of_two_workers_dreams_the_same_bits_from_real_weights(string boundary, int tile)
    {
        Shared.SkipUnlessThere();
        Directory.CreateDirectory(_folder["dreamfarm/models"]);
        File.Copy(Shared.SqueezeNet, _folder["dreamfarm/models/squeezenet1_0.safetensors"]);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1);

        var rendered = await RenderAsync(boundary, tile, octaves: 1, steps: 1);
        var submitted = await farm.RunAsync(["submit", Shared.Sky, "-o", "farm.npy", .. Spec(boundary, tile, octaves: 1, steps: 1)]);

        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        Assert.Equal(await File.ReadAllBytesAsync(_folder["render.npy"], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static string[] Spec(string boundary, int tile, int octaves, int steps) =>
    [
        "--network", "squeezenet1_0", "--weights", Shared.SqueezeNet, "--layers", "fire6:1,fire8:1", "--boundary", boundary,
        "--tile", $"{tile}", "--octaves", $"{octaves}", "--steps", $"{steps}",
    ];

    private Task<DreamfarmRun> RenderAsync(string boundary, int tile, int octaves, int steps, params string[] more) =>
        DreamfarmRun.InAsync(_folder.FullName, ["render", Shared.Sky, "-o", "render.npy", .. Spec(boundary, tile, octaves, steps), .. more]);

    private async Task<(float[] Canvas, double Loss)> ReferenceAsync(string boundary, int octaves, int steps)
    {
        string printed = await Shared.PythonAsync("dream_reference.py", Shared.Sky, _folder["reference.npy"], "--weights", Shared.SqueezeNet,
            "--layers", "fire6:1,fire8:1", "--boundary", boundary, "--octaves", $"{octaves}", "--steps", $"{steps}");
        return (Npy.Read(_folder["reference.npy"]), LastLoss(printed));
    }

    private void AssertNear(DreamfarmRun run, string result, float[] reference, double loss, double decibels, double lossError)
    {
        Assert.True(run.ExitCode == 0, run.Errors);
        double psnr = Npy.Psnr(Npy.Read(_folder[result]), reference), ratio = LastLoss(run.Errors) / loss;
        TestContext.Current.TestOutputHelper?.WriteLine($"{psnr:0.0} dB, loss {ratio - 1:0.0e+0}");
        Assert.True(psnr >= decibels, $"{psnr:0.0} dB");
        Assert.Equal(1, ratio, lossError);
    }

    private static double LastLoss(string printed) =>
        double.Parse(LossPattern().Matches(printed)[^1].Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"loss ([0-9.e+-]+[0-9])")]
    private static partial Regex LossPattern();
}
