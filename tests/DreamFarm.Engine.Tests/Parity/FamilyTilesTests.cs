using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine.Tests.Parity;

/// <summary>What the geometry says of every family, held against the arithmetic: in float64, where nothing is rounded into the result.</summary>
public sealed class FamilyTilesTests
{
    private const int Side = 96;

    [Theory]
    [InlineData("alexnet", "relu3")]
    [InlineData("bvlc_googlenet", "inception_3b")]
    [InlineData("googlenet", "inception_4a")]
    [InlineData("inception_v3", "mixed3")]
    [InlineData("resnet50", "layer3.0")]
    [InlineData("squeezenet1_0", "fire5")]
    [InlineData("squeezenet1_1", "fire6")]
    [InlineData("vgg16", "relu4_1")]
    public void A_tile_with_exact_context_has_the_whole_canvass_gradient_and_with_less_it_has_not(string name, string layer)
    {
        NetworkDescription network = NetworkCatalog.Find(name)!;
        var objective = new OctaveObjective(new NetworkGeometry(network), new Objective([new ObjectiveTerm(ObjectiveKind.L2, layer, new AllChannels(), 1)]), Side, Side);
        network = network with { Nodes = objective.Evaluation.Nodes, Layers = [network.FindLayer(layer)!] };
        using NetworkWeights weights = RandomWeights.Of(network);
        using var frozen = new FrozenNetwork(weights, torch.CPU, EnginePrecision.Float64);
        var scene = new Scene(Side, Side, Golden.Canvas(Side, Side));
        int stride = objective.Evaluation.Stride, exact = objective.Evaluation.ExactContext;

        // The whole canvas as one window, its grid 5 rows and 3 columns before the canvas; a tile in it, nowhere on the grid.
        const int Up = 5, Aside = 3, Top = 21, Left = 34, Rows = 30, Columns = 41;
        double[] whole = Gradient(0, 0, Side, Side, exact);
        double[] cut = [.. Enumerable.Range(0, Rows * 3).SelectMany(line => whole.Skip((Top * 3 + line) * Side + Left).Take(Columns))];

        // Reach is rounded up to the stride: a step less may still be exact, two are not.
        double error = Computed.RelativeError(Gradient(Top, Left, Rows, Columns, exact), cut);
        double less = Computed.RelativeError(Gradient(Top, Left, Rows, Columns, Math.Max(0, exact - 2 * stride)), cut);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name} {layer}: {error:0.0e-0} with {exact} pixels of context, {less:0.0e-0} with {2 * stride} less");
        Assert.InRange(error, 0, 1e-12);
        Assert.InRange(less, 1e-9, 1);

        double[] Gradient(int top, int left, int rows, int columns, int context)
        {
            int before = (top + Up) % stride, beside = (left + Aside) % stride;
            var shape = new WindowShape(
                (before + rows + stride - 1) / stride * stride + 2 * context, (beside + columns + stride - 1) / stride * stride + 2 * context,
                before + context, beside + context, rows, columns);
            var core = new double[shape.CoreValues];
            new WindowGradient<double>(frozen).ComputeUnrounded(objective, shape, scene.Cut(shape, top - before - context, left - beside - context), core);
            return core;
        }
    }
}
