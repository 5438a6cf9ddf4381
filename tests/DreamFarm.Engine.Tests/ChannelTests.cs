using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine.Tests;

/// <summary>What the sums of channels' activations mean.</summary>
public sealed class ChannelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EnginePrecision.Float32, 1e-5)]
    [InlineData(EnginePrecision.Float64, 1e-12)]
    [InlineData(EnginePrecision.BFloat16, 1e-2)]
    public async Task The_sums_are_those_of_the_plain_activations_over_the_cells_of_the_core(EnginePrecision precision, double tolerance)
    {
        using GradientEngine engine = Make.Motif(precision: precision);
        var geometry = new NetworkGeometry(engine.Network);
        var measurement = new ChannelMeasurement(geometry, ["4b", "3a"]);
        // A core that begins and ends within cells of both layers.
        var shape = new WindowShape(96, 112, 18, 35, 61, 43);
        short[] window = Scene.Drawn(96, 112).Cut(shape, 0, 0);

        double[] sums = await engine.MeasureAsync(measurement, shape, window, Cancellation);

        double[] plain = [.. Plain(geometry, "4b", shape, window), .. Plain(geometry, "3a", shape, window)];
        Assert.Equal(plain.Length, sums.Length);
        Assert.Equal(measurement.Channels, sums.Length);
        double largest = plain.Max(Math.Abs);
        Assert.All(plain.Zip(sums), pair => Assert.InRange(pair.Second - pair.First, -tolerance * largest, tolerance * largest));
        Assert.True(plain.Distinct().Count() > 20);
    }

    [Fact]
    public async Task Tiles_with_exact_context_have_together_the_sums_of_one_window()
    {
        using GradientEngine engine = Make.Motif();
        var geometry = new NetworkGeometry(engine.Network);
        var measurement = new ChannelMeasurement(geometry, ["4b"]);
        var plan = Plan(geometry, tile: 0);
        var tiled = Plan(geometry, tile: 32);
        double[] one = await SumAsync(plan), many = await SumAsync(tiled);

        Assert.True(tiled.Octaves[0].TilesAt(0).Count > 6 && plan.Octaves[0].TilesAt(0).Count == 1);
        double largest = one.Max(Math.Abs);
        Assert.All(one.Zip(many), pair => Assert.InRange(pair.Second - pair.First, -1e-6 * largest, 1e-6 * largest));

        async Task<double[]> SumAsync(Plan plan)
        {
            var scene = Scene.Drawn(96, 128);
            var total = new double[measurement.Channels];
            var tiles = plan.Octaves[0].TilesAt(0);
            for (int i = 0; i < tiles.Count; i++)
            {
                var tile = tiles[i / tiles.Columns, i % tiles.Columns];
                double[] sums = await engine.MeasureAsync(measurement, tile.Shape, scene.Cut(tile.Shape, tile.Window.Top, tile.Window.Left), Cancellation);
                for (int channel = 0; channel < total.Length; channel++)
                    total[channel] += sums[channel];
            }
            return total;
        }

        static Plan Plan(NetworkGeometry geometry, int tile)
        {
            var evaluation = geometry.Evaluate(["4b"]);
            return Dreaming.Plan.Create(new DreamSpec
            {
                Input = new Size(96, 128),
                Output = new Size(96, 128),
                Stride = evaluation.Stride,
                Context = evaluation.ExactContext,
                Tile = tile > 0 ? tile : 128,
                MaxRoll = 60,
            }, out _)!;
        }
    }

    [Fact]
    public async Task The_bits_are_the_same_with_one_lane_and_three_and_beside_gradients()
    {
        Scene scene = Scene.Drawn(96, 96);
        using GradientEngine one = Make.Motif(lanes: 1), three = Make.Motif(lanes: 3);
        var measurement = new ChannelMeasurement(new NetworkGeometry(one.Network), ["4a"]);
        OctaveObjective objective = Make.Objective(one, 96, 96, ObjectiveKind.L2, ("4b", 1));
        var shape = new WindowShape(96, 96, 16, 16, 64, 64);
        short[] window = scene.Cut(shape, 0, 0);
        double[] alone = await one.MeasureAsync(measurement, shape, window, Cancellation);

        var beside = Enumerable.Range(0, 6).Select(i => scene.TileAsync(three, objective, 16, 0, 0, 0, 0, 64 + i, 64)).ToArray();
        double[][] together = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => three.MeasureAsync(measurement, shape, window, Cancellation)));
        await Task.WhenAll(beside);

        Assert.All(together, sums => Assert.Equal(alone, sums));
    }

    [Fact]
    public async Task A_layer_that_is_none_or_another_networks_measurement_is_refused()
    {
        using GradientEngine engine = Make.Motif();
        Assert.Throws<ArgumentException>(() => new ChannelMeasurement(new NetworkGeometry(engine.Network), ["nowhere"]));
        var other = new ChannelMeasurement(new NetworkGeometry(NetworkCatalog.Find("squeezenet1_0")!), ["fire6"]);
        await Assert.ThrowsAsync<ArgumentException>(() => engine.MeasureAsync(other, new WindowShape(96, 96, 0, 0, 96, 96), new short[96 * 96 * 3], Cancellation));
    }

    [Fact]
    public void A_channels_cells_are_added_one_after_the_other()
    {
        // Adding 1 to 2^53 is lost; so the order shows.
        double[] sums = [0, 0];
        ChannelSum.Add<double>([9007199254740992, 1, 1, 9007199254740992, 1, -9007199254740992], sums);
        Assert.Equal([9007199254740992, 0], [sums[0], sums[1]]);
        ChannelSum.Add<double>([-9007199254740992, 3], sums);
        Assert.Equal([0, 3], sums);
    }

    /// <summary>The network's float64 activations, and a loop over all cells.</summary>
    private static double[] Plain(NetworkGeometry geometry, string layer, WindowShape shape, short[] window)
    {
        using NetworkWeights weights = NetworkWeights.Load(Make.MotifNetwork, WeightFile.OpenBuiltIn(Make.MotifNetwork)!);
        using var network = new FrozenNetwork(weights, torch.CPU, EnginePrecision.Float64);
        using var scope = torch.NewDisposeScope();
        Assert.Null(network.Preprocessing);
        var pixels = torch.empty([1, shape.Height, shape.Width, 3], torch.ScalarType.Float64);
        var values = MemoryMarshal.Cast<byte, double>(pixels.bytes);
        for (int y = 0; y < shape.Height; y++)
            for (int plane = 0; plane < 3; plane++)
                for (int x = 0; x < shape.Width; x++)
                    values[(y * shape.Width + x) * 3 + plane] = window[(y * 3 + plane) * shape.Width + x] / 32767.0;
        using var unrecorded = torch.no_grad();
        var activation = network.Activations(geometry.Evaluate([layer]).Nodes, [layer], pixels.permute(0, 3, 1, 2))[0].contiguous();
        int channels = (int)activation.shape[1], rows = (int)activation.shape[2], columns = (int)activation.shape[3], stride = geometry[layer].Stride;
        var cells = MemoryMarshal.Cast<byte, double>(activation.bytes);
        var sums = new double[channels];
        for (int channel = 0; channel < channels; channel++)
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    if (i * stride >= shape.CoreTop && i * stride < shape.CoreTop + shape.CoreHeight && j * stride >= shape.CoreLeft && j * stride < shape.CoreLeft + shape.CoreWidth)
                        sums[channel] += cells[(channel * rows + i) * columns + j];
        return sums;
    }
}
