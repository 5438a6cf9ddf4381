using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>What the terms of an objective make of windows. Their values beside PyTorch's are the parity tests' business.</summary>
public sealed class ObjectiveTests
{
    [Theory]
    [InlineData("l2(4a[3,17-20]):1")]
    [InlineData("mean(4a[3]):2,l2(3a):0.5")]
    [InlineData("mean(4a[N@0.4/0.6]):1")]
    [InlineData("l2(4a[N@0.01/0.99]):1")]
    [InlineData("mean(3a[N@1/0]):1,l2(4a[2]):300")]
    [InlineData("guide(4a):1")]
    [InlineData("guide(4a[2-40]):1,mean(4a):-0.5")]
    public async Task Tiles_with_exact_context_make_the_whole_canvas(string text)
    {
        // In double precision, so that no gate and no best match flips on a last bit.
        using GradientEngine engine = Make.Motif(precision: EnginePrecision.Float64);
        Scene scene = Scene.Drawn(96, 128);
        text = await ChooseNeuronAsync(engine, scene, text);
        OctaveObjective objective = Make.Objective(engine, scene.Height, scene.Width, text, guide: Make.Guide(engine.Network, 11, "4a"));
        int context = objective.Evaluation.ExactContext;
        Computed whole = await scene.WholeAsync(engine, objective, context, dy: 3, dx: 6);
        Assert.NotEqual(0, whole.Result.Loss);

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

        Assert.Equal(1, loss / whole.Result.Loss, 1e-9);

        // Rounding a core to float16 alone makes 2e-4.
        Assert.InRange(Computed.RelativeError(tiled, whole.Gradient), 0, 3e-4);
    }

    [Theory]
    [InlineData("mean(4a[3,17-20]):1")]
    [InlineData("l2(4a[N@0.4/0.6]):1")]
    [InlineData("guide(3a):1")]
    [InlineData("l2(3a):1,mean(3a[0-9]):2,guide(3a[4]):3,l2(4a[N@0.5/0.5]):0.01")]
    public async Task The_gradient_is_the_slope_of_the_loss(string text)
    {
        using GradientEngine engine = Make.Motif(precision: EnginePrecision.Float64);
        var shape = new WindowShape(64, 64, 0, 0, 64, 64);
        Scene scene = Scene.Drawn(64, 64);
        OctaveObjective objective = Make.Objective(engine, 64, 64, await ChooseNeuronAsync(engine, scene, text), guide: Make.Guide(engine.Network, 5, "3a"));
        short[] window = scene.Cut(shape, 0, 0);
        var core = new Half[shape.CoreValues];
        WindowResult here = await engine.ComputeAsync(objective, shape, window, core, TestContext.Current.CancellationToken);

        double[] gradient = new Computed(core, here).Gradient;
        double largest = gradient.Max(Math.Abs), rise = 0;
        var ahead = new short[window.Length];
        for (int i = 0; i < window.Length; i++)
        {
            ahead[i] = (short)Math.Clamp(window[i] + Math.Round(40 * gradient[i] / largest), -32767, 32767);
            rise += gradient[i] * (ahead[i] - window[i]) / 32767;
        }

        WindowResult there = await engine.ComputeAsync(objective, shape, ahead, core, TestContext.Current.CancellationToken);
        Assert.Equal(1, (there.Loss - here.Loss) / rise, 0.03);
    }

    [Fact]
    public async Task All_channels_by_their_numbers_are_all_channels()
    {
        using GradientEngine engine = Make.Motif();
        Scene scene = Scene.Drawn(64, 64);
        int last = new NetworkGeometry(engine.Network)["4a"].Channels - 1;
        foreach (string kind in new[] { "l2", "mean" })
        {
            Computed all = await scene.WholeAsync(engine, Make.Objective(engine, 64, 64, $"{kind}(4a):1"), context: 0);
            Computed named = await scene.WholeAsync(engine, Make.Objective(engine, 64, 64, $"{kind}(4a[0-{last}]):1"), context: 0);
            Assert.Equal(all.Core, named.Core);
            Assert.Equal(all.Result, named.Result);
        }
    }

    [Fact]
    public async Task One_neuron_moves_what_it_sees_and_nothing_else()
    {
        using GradientEngine engine = Make.Motif();
        Scene scene = Scene.Drawn(192, 192);
        OctaveObjective objective = Make.Objective(engine, 192, 192, await ChooseNeuronAsync(engine, scene, "mean(3a[N@0.5/0.5]):1"));
        Computed whole = await scene.WholeAsync(engine, objective, objective.Evaluation.ExactContext);
        int reach = new NetworkGeometry(engine.Network)["3a"].Reach;
        double[] gradient = whole.Gradient;

        Assert.Contains(gradient, value => value != 0);
        for (int i = 0; i < gradient.Length; i++)
        {
            int y = i / (3 * 192), x = i % 192;
            if (Math.Abs(y - 96) > reach || Math.Abs(x - 96) > reach)
                Assert.Equal(0, gradient[i]);
        }

        Computed far = await scene.TileAsync(engine, objective, context: 0, 0, 0, top: 0, left: 0, rows: 48, columns: 48);
        Assert.All(far.Core, value => Assert.Equal(0, BitConverter.HalfToInt16Bits(value)));
        Assert.Equal(new WindowResult(0, 0), far.Result);
    }

    [Fact]
    public async Task Beside_the_edge_of_a_mirrored_canvas_there_is_one_neuron_only()
    {
        using GradientEngine engine = Make.Motif();
        Scene scene = Scene.Drawn(64, 64);
        string text = await ChooseNeuronAsync(engine, scene, "mean(3a[N@0/0]):1");
        int context = Make.Objective(engine, 64, 64, text).Evaluation.ExactContext;
        Computed periodic = await scene.WholeAsync(engine, Make.Objective(engine, 64, 64, text), context);
        Computed mirrored = await scene.WholeAsync(engine, Make.Objective(engine, 64, 64, text, Boundary.Reflect), context);

        // The last row and column are the first ones' neighbours, or far away.
        Assert.Equal(periodic.Result.Loss, mirrored.Result.Loss);
        Assert.Contains(periodic.Gradient[^(3 * 64)..], value => value != 0);
        Assert.All(mirrored.Gradient[^(3 * 64)..], value => Assert.Equal(0, value));
    }

    /// <summary>Writes for N a channel that sees something at the neuron's place: most see nothing, and then there is no gradient.</summary>
    private static async Task<string> ChooseNeuronAsync(GradientEngine engine, Scene scene, string text)
    {
        if (!text.Contains("[N@", StringComparison.Ordinal))
            return text;
        string term = text.Split(',').Single(term => term.Contains("[N@", StringComparison.Ordinal));
        for (int channel = 0; ; channel++)
        {
            string number = channel.ToString(System.Globalization.CultureInfo.InvariantCulture);
            OctaveObjective objective = Make.Objective(engine, scene.Height, scene.Width, term.Replace("N", number, StringComparison.Ordinal));
            Computed computed = await scene.WholeAsync(engine, objective, objective.Evaluation.ExactContext, dy: 3, dx: 6);
            Computed other = await scene.WholeAsync(engine, objective, context: 0);
            if (computed.Result.Loss != 0 && other.Result.Loss != 0)
                return text.Replace("[N@", $"[{number}@", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_computed_is_refused()
    {
        using GradientEngine engine = Make.Motif();
        Assert.Contains("have to be chosen first", Refusal("l2(4a[strongest 3]):1", null));
        Assert.Contains("has no features for guide(4a):1", Refusal("guide(4a):1", null));
        Assert.Contains("has no features for guide(4a):1", Refusal("guide(4a):1", Make.Guide(engine.Network, 3, "3a")));

        string Refusal(string text, GuideFeatures? guide) => Assert.Throws<ArgumentException>(() => Make.Objective(engine, 64, 64, text, guide: guide)).Message;
    }

    [Theory]
    [InlineData("vgg16", "conv1_1", 256, 171)]
    [InlineData("vgg16", "conv4_3", 512, 344)]
    [InlineData("googlenet", "inception_4c", 512, 336)]
    public void A_guide_is_looked_at_in_no_more_cells_than_are_accepted(string name, string layer, int width, int height)
    {
        var geometry = new NetworkGeometry(NetworkCatalog.Find(name)!);
        Size size = GuideImage.SizeOf(geometry, [layer], new Size(2000, 3000));
        Assert.Equal(new Size(height, width), size);
        Assert.InRange(geometry[layer].Cells(size.Height, size.Width), 1, GuideFeatures.MostCells);
    }

    [Fact]
    public void A_file_of_more_features_than_memory_should_hold_is_no_guide()
    {
        // 65536 cells of more than a thousand channels: a sparse file, whose numbers would fill memory several times over.
        NetworkDescription network = Make.MotifNetwork;
        var wide = network with { Nodes = [.. network.Nodes, new("wide", new Concatenation(), "5a", "5a", "5b", "5b")], Layers = [.. network.Layers, new("wide", null)] };
        var geometry = new NetworkGeometry(wide);
        Assert.True(ObjectiveSyntax.TryParse("guide(wide):1", geometry, out Objective? objective, out string? problem), problem);
        long bytes = 4L * GuideFeatures.MostCells * geometry["wide"].Channels;
        string path = Path.GetTempFileName();
        try
        {
            byte[] header = System.Text.Encoding.UTF8.GetBytes($$$"""{"wide":{"dtype":"F32","shape":[{{{GuideFeatures.MostCells}}},{{{geometry["wide"].Channels}}}],"data_offsets":[0,{{{bytes}}}]}}""");
            using (FileStream written = File.OpenWrite(path))
            {
                written.Write(BitConverter.GetBytes((ulong)header.Length));
                written.Write(header);
                written.SetLength(8 + header.Length + bytes);
            }
            using WeightFile file = WeightFile.OpenPortable(path, "guide");
            Assert.False(GuideFeatures.TryRead(file, objective!, geometry, out _, out problem));
            Assert.Equal("guide has more than 67108864 numbers for the layers of the objective; take a smaller guide or fewer layers.", problem);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Features_travel_as_a_file_and_are_known_by_its_hash()
    {
        NetworkDescription network = Make.MotifNetwork;
        var geometry = new NetworkGeometry(network);
        GuideFeatures features = Make.Guide(network, 7, "3a", "4a");
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, features.File.Span);
            using WeightFile file = WeightFile.OpenPortable(path, "guide");
            Assert.Equal(features.Sha256, file.Sha256);
            Assert.True(Read("guide(4a):1,guide(3a[2]):1", out GuideFeatures? read, out string? problem), problem);
            Assert.Equal(features.Sha256, read.Sha256);
            Assert.Equal(features.Find("3a")!.Values.ToArray(), read.Find("3a")!.Values.ToArray());
            Assert.False(Read("guide(3b):1", out _, out problem));
            Assert.Equal("guide has no features of 3b; they have to be made for the layers of the objective.", problem);

            bool Read(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GuideFeatures? features, out string? problem)
            {
                Assert.True(ObjectiveSyntax.TryParse(text, geometry, out Objective? objective, out _));
                return GuideFeatures.TryRead(file, objective, geometry, out features, out problem);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
