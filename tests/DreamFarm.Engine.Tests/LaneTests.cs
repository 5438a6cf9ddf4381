using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>Lanes change when a window is computed, never what comes of it.</summary>
public sealed class LaneTests
{
    [Fact]
    public async Task The_bits_are_the_same_with_one_lane_and_three_and_again()
    {
        Scene scene = Scene.Drawn(128, 160);
        using GradientEngine one = Make.Motif(lanes: 1), three = Make.Motif(lanes: 3);
        OctaveObjective objective = Make.Objective(one, scene.Height, scene.Width, ObjectiveKind.L2, ("4b", 1), ("5a", 2));
        (int Top, int Left)[] places = [.. Enumerable.Range(0, 9).Select(i => (40 * (i / 3), 50 * (i % 3)))];

        Computed[] alone = new Computed[places.Length];
        for (int i = 0; i < places.Length; i++)
            alone[i] = await Tile(one, places[i]);
        for (int round = 0; round < 2; round++)
        {
            Computed[] together = await Task.WhenAll(places.Select(place => Tile(three, place)));
            for (int i = 0; i < places.Length; i++)
            {
                Assert.Equal(alone[i].Result, together[i].Result);
                Assert.True(alone[i].Core.AsSpan().SequenceEqual(together[i].Core));
            }
        }

        Task<Computed> Tile(GradientEngine engine, (int Top, int Left) place) =>
            scene.TileAsync(engine, objective, context: 32, 0, 0, place.Top, place.Left, 40, 50);
    }

    [Fact]
    public async Task Windows_of_many_shapes_do_not_disturb_each_other()
    {
        // A BLAS that is not safe to call from several threads shows in about one window of 200.
        Scene scene = Scene.Drawn(96, 96);
        using GradientEngine engine = Make.Motif(lanes: 3);
        OctaveObjective objective = Make.Objective(engine, scene.Height, scene.Width, ObjectiveKind.L2, ("3b", 1));
        bool[] same = await Task.WhenAll(Enumerable.Range(0, 900).Select(async i =>
        {
            var shape = new WindowShape(24 + 4 * (i % 7), 24 + 4 * (i / 7 % 7), 8, 8, 8 + 4 * (i % 7), 8 + 4 * (i / 7 % 7));
            short[] window = scene.Cut(shape, i % 40, i / 40);
            Half[] first = new Half[shape.CoreValues], second = new Half[shape.CoreValues];
            WindowResult one = await engine.ComputeAsync(objective, shape, window, first, CancellationToken.None);
            WindowResult two = await engine.ComputeAsync(objective, shape, window, second, CancellationToken.None);
            return one == two && first.AsSpan().SequenceEqual(second);
        }));
        Assert.DoesNotContain(false, same);
    }

    [Fact]
    public async Task The_probe_tells_precisions_apart_and_lanes_not()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using GradientEngine one = Make.Motif(lanes: 1), two = Make.Motif(lanes: 2), twice = Make.Motif(lanes: 1, EnginePrecision.Float64);
        OctaveObjective objective = Make.Objective(one, 96, 96, ObjectiveKind.L2, ("4a", 1));
        var shape = new WindowShape(96, 128, 16, 32, 64, 64);
        string hash = await NumericsProbe.HashAsync(one, objective, shape, cancellation);
        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, await NumericsProbe.HashAsync(one, objective, shape, cancellation));
        Assert.Equal(hash, await NumericsProbe.HashAsync(two, objective, shape, cancellation));
        Assert.NotEqual(hash, await NumericsProbe.HashAsync(twice, objective, shape, cancellation));
    }

    [Fact]
    public async Task A_window_that_waits_can_be_cancelled()
    {
        using GradientEngine engine = Make.Motif(lanes: 1);
        OctaveObjective objective = Make.Objective(engine, 256, 256, ObjectiveKind.L2, ("5b", 1));
        using var source = new CancellationTokenSource();
        // One before it: it is not to be its turn before it is cancelled.
        using var held = Held();
        Task<WindowResult> first = Compute(engine, objective, held);
        Task<WindowResult> last = Compute(engine, objective, 256, source.Token);
        await source.CancelAsync();
        held.Free();
        Assert.True(double.IsFinite((await first).Loss));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last);
    }

    [Fact]
    public async Task A_failed_window_leaves_the_lane_working()
    {
        using GradientEngine engine = Make.Motif(lanes: 1);
        OctaveObjective objective = Make.Objective(engine, 64, 64, ObjectiveKind.L2, ("5b", 1));
        var tooSmall = new WindowShape(0, 0, 0, 0, 1, 1);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => engine.ComputeAsync(objective, tooSmall, Array.Empty<short>(), new Half[3], CancellationToken.None));
        GradientEngine other = Make.Motif();
        other.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Compute(other, objective, 64, CancellationToken.None));
        Assert.True((await Compute(engine, objective, 64, CancellationToken.None)).Loss > 0);
    }

    [Fact]
    public async Task Stopping_finishes_what_is_computed_and_cancels_what_waits()
    {
        GradientEngine engine = Make.Motif(lanes: 1);
        OctaveObjective objective = Make.Objective(engine, 256, 256, ObjectiveKind.L2, ("5b", 1));
        using var held = Held();
        Task<WindowResult> computed = Compute(engine, objective, held);
        Task<WindowResult> waiting = Compute(engine, objective, 256, CancellationToken.None);
        held.WaitForLane(TestContext.Current.CancellationToken);
        Task stopping = Task.Run(engine.Dispose, TestContext.Current.CancellationToken);
        // It stops when it takes no more.
        while (Record.Exception(() => { _ = Compute(engine, objective, 256, CancellationToken.None); }) is not ObjectDisposedException)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        held.Free();
        await stopping;
        Assert.True(computed.IsCompleted && waiting.IsCompleted);
        Assert.True(double.IsFinite((await computed).Loss));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("abacus")]
    [InlineData("cuda:x")]
    [InlineData("cuda:99")]
    public void A_device_that_is_not_there_is_named(string device)
    {
        using NetworkWeights weights = NetworkWeights.Load(Make.MotifNetwork, WeightFile.OpenBuiltIn(Make.MotifNetwork)!);
        var error = Assert.Throws<ArgumentException>(() => new GradientEngine(weights, new EngineOptions { Device = device }));
        Assert.Contains(device, error.Message, StringComparison.Ordinal);
    }

    private static HeldPixels Held() => new(Scene.Drawn(256, 256).Cut(new WindowShape(256, 256, 0, 0, 256, 256), 0, 0));

    private static Task<WindowResult> Compute(GradientEngine engine, OctaveObjective objective, HeldPixels held)
    {
        var shape = new WindowShape(256, 256, 0, 0, 256, 256);
        return engine.ComputeAsync(objective, shape, held.Memory, new Half[shape.CoreValues], CancellationToken.None);
    }

    private static Task<WindowResult> Compute(GradientEngine engine, OctaveObjective objective, int side, CancellationToken cancellation)
    {
        var shape = new WindowShape(side, side, 0, 0, side, side);
        return engine.ComputeAsync(objective, shape, Scene.Drawn(side, side).Cut(shape, 0, 0), new Half[shape.CoreValues], cancellation);
    }

    [Fact]
    public async Task An_engine_that_repeats_its_bits_has_a_class_that_others_can_join()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using GradientEngine engine = Make.Motif(lanes: 2);
        OctaveObjective objective = Make.Objective(engine, 64, 64, ObjectiveKind.L2, ("3a", 1));
        var shape = new WindowShape(64, 64, 8, 8, 40, 40);
        Assert.Equal(new NumericsClass(await NumericsProbe.HashAsync(engine, objective, shape, cancellation), true), await NumericsProbe.ClassAsync(engine, objective, shape, cancellation));
    }

    [Fact]
    public void An_engine_that_does_not_is_alone_in_its_class()
    {
        NumericsClass once = NumericsClass.Of(["aa", "aa", "ab"]), again = NumericsClass.Of(["aa", "aa", "ab"]);
        Assert.False(once.Repeatable);
        Assert.Equal(64, once.Name.Length);
        Assert.NotEqual(once.Name, again.Name);
    }
}
