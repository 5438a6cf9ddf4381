using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>Runs alone: it watches the memory of the whole process.</summary>
[CollectionDefinition(nameof(WindowMemoryTests), DisableParallelization = true)]
public sealed class WindowMemoryCollection;

[Collection(nameof(WindowMemoryTests))]
public sealed class WindowMemoryTests
{
    [Theory]
    [InlineData("conv1", 2048)]
    [InlineData("3b", 512)]
    [InlineData("5a", 512)]
    public async Task A_window_takes_no_more_than_is_announced(string layer, int side)
    {
        PeakMemory.SkipIfUnknown();
        using GradientEngine engine = Make.Motif();
        OctaveObjective objective = Make.Objective(engine, side, side, ObjectiveKind.L2, (layer, 1));
        Scene scene = Scene.Drawn(side, side);
        var shape = new WindowShape(side, side, 0, 0, side, side);
        short[] window = scene.Cut(shape, 0, 0);
        var core = new Half[shape.CoreValues];

        // The libraries' own memory is not the window's: let a small window load it.
        await Scene.Drawn(64, 64).WholeAsync(engine, objective, context: 0);
        long growth = await PeakMemory.GrowthAsync(() => engine.ComputeAsync(objective, shape, window, core, TestContext.Current.CancellationToken));

        double announced = side * side * WindowMemory.BytesPerPixel(new NetworkGeometry(engine.Network), objective.Evaluation, EnginePrecision.Float32);
        TestContext.Current.TestOutputHelper?.WriteLine($"{layer}: {growth / (double)(side * side):F0} of {announced / (side * side):F0} bytes a pixel");
        Assert.InRange(growth, 1, announced);
    }

    [Fact]
    public void As_many_lanes_run_as_fit_into_memory_but_at_least_one()
    {
        var geometry = new NetworkGeometry(Make.MotifNetwork);
        var evaluation = geometry.Evaluate(["5a"]);
        double window = 1120 * 1120 * WindowMemory.BytesPerPixel(geometry, evaluation, EnginePrecision.Float32);
        Assert.Equal(3, WindowMemory.Lanes(geometry, evaluation, EnginePrecision.Float32, (long)(window * 3.5), 1120 * 1120));
        Assert.Equal(1, WindowMemory.Lanes(geometry, evaluation, EnginePrecision.Float32, 1 << 20, 1120 * 1120));
    }

    [Fact]
    public void Half_the_memory_or_twice_the_lanes_hold_half_the_window()
    {
        var geometry = new NetworkGeometry(Make.MotifNetwork);
        long whole = WindowMemory.MaxWindowPixels(geometry, EnginePrecision.Float32, 8L << 30, 1);
        Assert.InRange(whole, 4_000_000, 20_000_000);
        Assert.InRange(WindowMemory.MaxWindowPixels(geometry, EnginePrecision.Float32, 4L << 30, 1) - whole / 2, -1, 1);
        Assert.InRange(WindowMemory.MaxWindowPixels(geometry, EnginePrecision.Float32, 8L << 30, 2) - whole / 2, -1, 1);
        Assert.True(WindowMemory.MaxWindowPixels(geometry, EnginePrecision.Float64, 8L << 30, 1) < whole * 2 / 3);
        Assert.True(WindowMemory.MaxWindowPixels(geometry, geometry.Evaluate(["conv1"]), EnginePrecision.Float32, 8L << 30, 1) > 4 * whole);
    }

    [Fact]
    public void A_lane_that_computes_batches_holds_smaller_windows_only_where_a_batch_does_not_fit()
    {
        var geometry = new NetworkGeometry(Make.MotifNetwork);
        NetworkEvaluation evaluation = geometry.Evaluate(["5a"]);
        double each = WindowMemory.BytesPerPixel(geometry, evaluation, EnginePrecision.Float32);
        long ample = Fitting(8L << 30, batches: true), scarce = Fitting(1L << 30, batches: true);
        Assert.Equal(Fitting(8L << 30, batches: false), ample);
        Assert.Equal(Fitting(1L << 30, batches: false) / 16, scarce);
        Assert.InRange(WindowBatch.Size(scarce, each) * scarce * each, 0, 1L << 30);

        long Fitting(long memory, bool batches) => WindowMemory.MaxWindowPixels(geometry, evaluation, EnginePrecision.Float32, memory, lanes: 1, batches);
    }
}
