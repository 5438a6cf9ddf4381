using DreamFarm.Dreaming;
using DreamFarm.Engine.Tests.Parity;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>Windows that are computed together are computed as if each were alone.</summary>
public sealed class BatchTests
{
    private const int Side = 64;

    [Theory]
    [InlineData("motif", "4b")]
    [InlineData("alexnet", "relu3")]
    [InlineData("googlenet", "inception_3b")]
    [InlineData("bvlc_googlenet", "inception_3a")]
    [InlineData("inception_v3", "mixed0")]
    [InlineData("resnet50", "layer2.0")]
    [InlineData("squeezenet1_0", "fire5")]
    [InlineData("vgg16", "relu3_1")]
    public async Task A_window_has_the_same_bits_in_any_place_of_a_batch(string name, string layer)
    {
        const int Places = 4;
        NetworkDescription network = NetworkCatalog.Find(name)!;
        network = network with { Nodes = new NetworkGeometry(network).Evaluate([layer]).Nodes, Layers = [network.FindLayer(layer)!] };
        using NetworkWeights weights = RandomWeights.Of(network);
        using GradientEngine engine = Engine(weights, Places);
        await AnyPlaceGivesTheSameBits(engine, Make.Objective(engine, Side, Side, ObjectiveKind.L2, (layer, 1)), Places);
    }

    [Theory]
    [InlineData("l2(4b):1,mean(3a[5-9]):-0.5")]
    [InlineData("l2(3a[1@0.03/0.03]):1")] // the other windows do not see it
    [InlineData("guide(4a):1")]
    public async Task So_it_has_whatever_is_dreamt(string text)
    {
        const int Places = 3;
        using GradientEngine engine = Motif(Places);
        await AnyPlaceGivesTheSameBits(engine, Make.Objective(engine, 4 * Side, 4 * Side, text, guide: Make.Guide(engine.Network, 7, "4a")), Places);
    }

    [Theory]
    [InlineData(EnginePrecision.Float64)]
    [InlineData(EnginePrecision.BFloat16)]
    public async Task And_in_every_precision(EnginePrecision precision)
    {
        const int Places = 3;
        using NetworkWeights weights = NetworkWeights.Load(Make.MotifNetwork, WeightFile.OpenBuiltIn(Make.MotifNetwork)!);
        using var engine = new GradientEngine(weights, new EngineOptions { Lanes = 1, Batch = Places, Precision = precision });
        await AnyPlaceGivesTheSameBits(engine, Make.Objective(engine, Side, Side, ObjectiveKind.L2, ("4a", 1)), Places);
    }

    [Fact]
    public async Task A_window_that_is_not_finite_spoils_no_other()
    {
        // Weights with which a dark window comes out as zeros, a grey one just fits into float32, and a white one does not.
        NetworkDescription network = Make.MotifNetwork;
        string path = Path.GetTempFileName();
        try
        {
            Safetensors.Write(path, new NetworkGeometry(network).Tensors, value: 1e17f);
            using NetworkWeights weights = NetworkWeights.Load(network, WeightFile.Open(path));
            using GradientEngine engine = Engine(weights, places: 3);
            OctaveObjective objective = Make.Objective(engine, Side, Side, ObjectiveKind.L2, ("conv1", 1));
            (LaneWindow grey, LaneWindow white, LaneWindow other) = (Flat(0), Flat(short.MaxValue), Flat(0));
            await Assert.ThrowsAsync<NotFiniteNumberException>(() => engine.ComputeTogetherAsync(objective, [white], TestContext.Current.CancellationToken));
            WindowResult alone = (await engine.ComputeTogetherAsync(objective, [grey], TestContext.Current.CancellationToken))[0];
            Half[] expected = grey.Core.ToArray();
            Assert.Contains(expected, value => value != (Half)0);

            // Together they fail as one call, but the cores and the sum of failures tell them apart.
            grey.Core.Span.Clear();
            Task<WindowResult[]> together = engine.ComputeTogetherAsync(objective, [grey, white, other], TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<NotFiniteNumberException>(() => together);
            Assert.Single(together.Exception!.InnerExceptions);
            Assert.Equal(expected, grey.Core.ToArray());
            Assert.Equal(expected, other.Core.ToArray());
            Assert.Equal(alone, (await engine.ComputeTogetherAsync(objective, [other], TestContext.Current.CancellationToken))[0]);
        }
        finally
        {
            File.Delete(path);
        }

        static LaneWindow Flat(short value)
        {
            var shape = new WindowShape(Side, Side, 8, 8, 40, 40);
            return new LaneWindow(shape, Enumerable.Repeat(value, shape.WindowValues).ToArray(), new Half[shape.CoreValues]);
        }
    }

    [Fact]
    public async Task Windows_of_many_sizes_and_objectives_come_out_as_they_do_one_by_one()
    {
        Scene scene = Scene.Drawn(96, 96);
        using GradientEngine engine = Motif(places: 3);
        OctaveObjective[] objectives = [Make.Objective(engine, 96, 96, ObjectiveKind.L2, ("3b", 1)), Make.Objective(engine, 96, 96, ObjectiveKind.Mean, ("3b", 1))];
        WindowShape[] shapes = [.. Enumerable.Range(0, 24).Select(i => new WindowShape(32 + 8 * (i % 3), 32 + 8 * (i / 3 % 2), 8, 8, 8 + i % 8, 16))];
        Computed[] alone = new Computed[shapes.Length];
        for (int i = 0; i < shapes.Length; i++)
            alone[i] = await Compute(i);
        Computed[] together = await Task.WhenAll(Enumerable.Range(0, shapes.Length).Select(Compute));
        for (int i = 0; i < shapes.Length; i++)
        {
            Assert.Equal(alone[i].Result, together[i].Result);
            Assert.Equal(alone[i].Core, together[i].Core);
        }

        async Task<Computed> Compute(int i)
        {
            var core = new Half[shapes[i].CoreValues];
            WindowResult result = await engine.ComputeAsync(objectives[i % 5 % 2], shapes[i], scene.Cut(shapes[i], i, 2 * i), core, TestContext.Current.CancellationToken);
            return new Computed(core, result);
        }
    }

    [Fact]
    public async Task A_window_that_was_cancelled_is_left_out_of_its_batch()
    {
        Scene scene = Scene.Drawn(Side, Side);
        using GradientEngine engine = Motif(places: 3);
        OctaveObjective objective = Make.Objective(engine, Side, Side, ObjectiveKind.L2, ("4b", 1));
        var shape = new WindowShape(Side, Side, 0, 0, Side, Side);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var cores = new Half[3][];
        Task<WindowResult>[] windows = [.. Enumerable.Range(0, 3).Select(i => engine.ComputeAsync(
            objective, shape, scene.Cut(shape, 0, 0), cores[i] = new Half[shape.CoreValues], i == 1 ? cancelled.Token : TestContext.Current.CancellationToken))];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => windows[1]);
        Assert.Equal(await windows[0], await windows[2]);
        Assert.Equal(cores[0], cores[2]);
        Assert.All(cores[1], value => Assert.Equal((Half)0, value));
    }

    [Fact]
    public async Task A_lane_takes_what_is_there_and_never_waits_for_more()
    {
        var gradient = new Recorder();
        var queue = new LaneQueue();
        using GradientEngine engine = Motif(places: 1);
        OctaveObjective one = Make.Objective(engine, Side, Side, ObjectiveKind.L2, ("3a", 1)), other = Make.Objective(engine, Side, Side, ObjectiveKind.L2, ("3b", 1));
        WindowWork[] works = [Work(one, 64), Work(other, 64), Work(one, 64), Work(one, 80), Work(one, 64), Work(other, 64), Work(one, 64)];
        queue.Add(works);
        var lane = new Lane(0, queue, gradient, processor: null, gate: null);
        await Task.WhenAll(works.Select(work => work.Result));
        WindowWork late = Work(one, 64);
        queue.Add(late);
        await late.Result;
        queue.Close();
        lane.Join();
        Assert.Equal([(one, 64, 3), (other, 64, 2), (one, 80, 1), (one, 64, 1), (one, 64, 1)], gradient.Batches);

        static WindowWork Work(OctaveObjective objective, int side)
        {
            var shape = new WindowShape(side, 64, 0, 0, 1, 1);
            return new WindowWork(objective, new LaneWindow(shape, default, default), places: 3, inLane: null, CancellationToken.None, CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_probe_looks_at_every_place()
    {
        using GradientEngine engine = Motif(places: 5);
        OctaveObjective objective = Make.Objective(engine, Side, Side, ObjectiveKind.L2, ("3a", 1));
        var shape = new WindowShape(Side, Side, 8, 8, 40, 40);
        NumericsClass found = await NumericsProbe.ClassAsync(engine, objective, shape, TestContext.Current.CancellationToken);
        Assert.Equal(new NumericsClass(await NumericsProbe.HashAsync(engine, objective, shape, TestContext.Current.CancellationToken), true), found);
    }

    [Theory]
    [InlineData(2048 * 2048, 1000, 1)]
    [InlineData(1216 * 1216, 1000, 2)]
    [InlineData(704 * 704, 1000, 8)]
    [InlineData(704 * 704, 3000, 2)] // 4 GiB hold no more
    [InlineData(64 * 64, 1000, 16)]
    [InlineData(64 * 64, 1e9, 1)]
    public void A_batch_is_as_large_as_its_windows_are_small(long pixels, double bytesPerPixel, int windows) =>
        Assert.Equal(windows, WindowBatch.Size(pixels, bytesPerPixel));

    [Fact]
    public void A_cpu_has_no_batches()
    {
        using NetworkWeights weights = NetworkWeights.Load(Make.MotifNetwork, WeightFile.OpenBuiltIn(Make.MotifNetwork)!);
        using var engine = new GradientEngine(weights, new EngineOptions { Lanes = 2 });
        Assert.Equal(1, engine.BatchOf(Make.Objective(engine, Side, Side, ObjectiveKind.L2, ("3a", 1)), new WindowShape(8, 8, 0, 0, 8, 8)));
        Assert.Equal(2, engine.Places);
    }

    private static async Task AnyPlaceGivesTheSameBits(GradientEngine engine, OctaveObjective objective, int places)
    {
        // Windows and cores that have nothing but the size in common.
        Scene scene = Scene.Drawn(Side, Side);
        LaneWindow[] windows = [.. Enumerable.Range(0, places).Select(i =>
        {
            var shape = new WindowShape(Side, Side, 3 * i, 5, Side - 5 * i, 40 + 2 * i, 8 * i, 3 * i);
            return new LaneWindow(shape, scene.Cut(shape, 11 * i, 7 * i), new Half[shape.CoreValues]);
        })];
        var alone = new Computed[places];
        for (int i = 0; i < places; i++)
        {
            WindowResult result = (await engine.ComputeTogetherAsync(objective, [windows[i]], TestContext.Current.CancellationToken))[0];
            alone[i] = new Computed(windows[i].Core.ToArray(), result);
        }
        Assert.Contains(alone, computed => computed.Result.Loss != 0);

        for (int shift = 0; shift < places; shift++)
        {
            int[] order = [.. Enumerable.Range(0, places).Select(place => (place + shift) % places)];
            WindowResult[] results = await engine.ComputeTogetherAsync(objective, order.Select(i => windows[i]), TestContext.Current.CancellationToken);
            for (int place = 0; place < places; place++)
            {
                Computed expected = alone[order[place]];
                string where = $"window {order[place]} in place {place}";
                Assert.True(expected.Result == results[place], where);
                Assert.True(expected.Core.AsSpan().SequenceEqual(windows[order[place]].Core.Span), where);
            }
        }
    }

    private static GradientEngine Motif(int places)
    {
        using NetworkWeights weights = NetworkWeights.Load(Make.MotifNetwork, WeightFile.OpenBuiltIn(Make.MotifNetwork)!);
        return Engine(weights, places);
    }

    private static GradientEngine Engine(NetworkWeights weights, int places) => new(weights, new EngineOptions { Lanes = 1, Batch = places });

    /// <summary>Computes nothing, and remembers what it was asked for.</summary>
    private sealed class Recorder : IWindowGradient
    {
        public List<(OctaveObjective Objective, int Height, int Windows)> Batches { get; } = [];

        public IReadOnlyList<WindowOutcome<WindowResult>> Compute(OctaveObjective objective, IReadOnlyList<LaneWindow> windows, int places)
        {
            Batches.Add((objective, Assert.Single(windows.Select(window => window.Shape.Height).Distinct()), windows.Count));
            return new WindowOutcome<WindowResult>[windows.Count];
        }

        public double[] Measure(ChannelMeasurement measurement, WindowShape shape, ReadOnlyMemory<short> window) => [];
    }
}
