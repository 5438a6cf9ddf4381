using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>What one window's gradient and loss mean.</summary>
public sealed class WindowTests
{
    [Fact]
    public async Task Tiles_with_exact_context_make_the_whole_canvas()
    {
        using GradientEngine engine = Make.Motif();
        Scene scene = Scene.Drawn(96, 128);
        OctaveObjective objective = Make.Objective(engine, scene.Height, scene.Width, ObjectiveKind.L2, ("4d", 1), ("conv3", 2));
        Computed whole = await scene.WholeAsync(engine, objective, objective.Evaluation.ExactContext, dy: 3, dx: 6);

        // The same gates; sums of the last convolution on the way back may round otherwise, and float16 then either way.
        Assert.InRange(await ErrorOfTilesAsync(objective.Evaluation.ExactContext), 0, 2e-5);
        Assert.InRange(await ErrorOfTilesAsync(0), 0.05, 2);

        async Task<double> ErrorOfTilesAsync(int context)
        {
            // Four cores that meet at (41, 62): off the stride grid, so cells belong to one tile or the other.
            var tiled = new double[whole.Core.Length];
            double loss = 0;
            foreach ((int top, int rows) in new[] { (0, 41), (41, 55) })
            {
                foreach ((int left, int columns) in new[] { (0, 62), (62, 66) })
                {
                    Computed tile = await scene.TileAsync(engine, objective, context, 3, 6, top, left, rows, columns);
                    double[] gradient = tile.Gradient;
                    for (int y = 0; y < rows * 3; y++)
                        Array.Copy(gradient, y * columns, tiled, (top * 3 + y) * scene.Width + left, columns);
                    loss += tile.Result.Loss;
                }
            }

            if (context > 0)
                Assert.Equal(1, loss / whole.Result.Loss, 1e-6);
            return Computed.RelativeError(tiled, whole.Gradient);
        }
    }

    [Fact]
    public async Task The_gradient_is_the_slope_of_the_loss()
    {
        // In double precision a step along the gradient raises the loss by its squared length.
        using GradientEngine engine = Make.Motif(precision: EnginePrecision.Float64);
        var shape = new WindowShape(64, 64, 0, 0, 64, 64);
        OctaveObjective objective = Make.Objective(engine, 64, 64, ObjectiveKind.Mean, ("3a", 1.5));
        short[] window = Scene.Drawn(64, 64).Cut(shape, 0, 0);
        var core = new Half[shape.CoreValues];
        WindowResult here = await engine.ComputeAsync(objective, shape, window, core, TestContext.Current.CancellationToken);

        double[] gradient = new Computed(core, here).Gradient;
        double largest = gradient.Max(Math.Abs), rise = 0;
        var ahead = new short[window.Length];
        for (int i = 0; i < window.Length; i++)
        {
            ahead[i] = (short)Math.Clamp(window[i] + Math.Round(60 * gradient[i] / largest), -32767, 32767);
            rise += gradient[i] * (ahead[i] - window[i]) / 32767;
        }

        WindowResult there = await engine.ComputeAsync(objective, shape, ahead, core, TestContext.Current.CancellationToken);
        Assert.Equal(1, (there.Loss - here.Loss) / rise, 0.02);
    }

    [Fact]
    public async Task Float16_is_used_up_to_its_upper_end()
    {
        using GradientEngine engine = Make.Motif();
        Scene scene = Scene.Drawn(64, 64);
        Computed computed = await scene.WholeAsync(engine, Make.Objective(engine, 64, 64, ObjectiveKind.L2, ("3a", 1)), context: 0);
        Assert.InRange(computed.Core.Max(value => Math.Abs((float)value)), 16384f, 32768f);
    }

    [Fact]
    public async Task A_hundred_megapixels_lose_no_digit()
    {
        // The coefficient is 1e-9 of what it is on a small canvas: only the exponent may show it.
        using GradientEngine engine = Make.Motif();
        Scene scene = Scene.Drawn(64, 64);
        Computed small = await scene.WholeAsync(engine, Make.Objective(engine, 64, 64, ObjectiveKind.L2, ("4b", 1)), context: 0);
        Computed large = await scene.WholeAsync(engine, Make.Objective(engine, 64 << 12, 64 << 12, ObjectiveKind.L2, ("4b", 1)), context: 0);
        Assert.Equal(small.Core, large.Core);
        Assert.Equal(small.Result.Exponent - 24, large.Result.Exponent);
        Assert.Equal(Math.ScaleB(small.Result.Loss, -24), large.Result.Loss);
    }

    [Fact]
    public async Task A_core_without_gradient_is_zero_times_one()
    {
        using GradientEngine engine = Make.Motif();
        Scene scene = Scene.Drawn(64, 64);
        Computed computed = await scene.WholeAsync(engine, Make.Objective(engine, 64, 64, ObjectiveKind.L2, ("3a", 0)), context: 0);
        Assert.All(computed.Core, value => Assert.Equal(0, BitConverter.HalfToInt16Bits(value)));
        Assert.Equal(new WindowResult(0, 0), computed.Result);
    }

    [Fact]
    public async Task A_gradient_that_is_not_finite_is_never_returned()
    {
        NetworkDescription network = Make.MotifNetwork;
        string path = Path.GetTempFileName();
        try
        {
            Safetensors.Write(path, new NetworkGeometry(network).Tensors, value: 1e30f);
            using NetworkWeights weights = NetworkWeights.Load(network, WeightFile.Open(path));
            using var engine = new GradientEngine(weights, new EngineOptions { Lanes = 1 });
            OctaveObjective objective = Make.Objective(engine, 64, 64, ObjectiveKind.L2, ("3a", 1));
            var error = await Assert.ThrowsAsync<NotFiniteNumberException>(() => Scene.Drawn(64, 64).WholeAsync(engine, objective, context: 0));
            Assert.Contains("motif", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Double_precision_is_another_class_with_nearly_the_same_gradient()
    {
        Scene scene = Scene.Drawn(96, 96);
        using GradientEngine single = Make.Motif(), twice = Make.Motif(precision: EnginePrecision.Float64);
        OctaveObjective objective = Make.Objective(single, 96, 96, ObjectiveKind.L2, ("4a", 1));
        Computed a = await scene.WholeAsync(single, objective, context: 0), b = await scene.WholeAsync(twice, objective, context: 0);
        Assert.NotEqual(a.Core, b.Core);
        Assert.Equal(1, a.Result.Loss / b.Result.Loss, 1e-6);

        // Values near the middle between two float16 numbers round either way, which alone makes about 1e-5.
        Assert.InRange(Computed.RelativeError(a.Gradient, b.Gradient), 0, 1e-4);
    }
}
