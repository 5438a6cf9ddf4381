using System.Numerics;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine.Tests.Parity;

/// <summary>The engine's arithmetic on one whole canvas, before anything is rounded to float16.</summary>
internal static class Harness
{
    /// <summary>Computes every layer of a network and shows it, [C, H, W].</summary>
    public static void Forward(NetworkWeights weights, EnginePrecision precision, int height, int width, short[] canvas, LayerVisitor visit)
    {
        NetworkDescription network = weights.Network;
        var objective = new OctaveObjective(new NetworkGeometry(network), new Objective([.. network.Layers.Select(layer => new ObjectiveTerm(ObjectiveKind.L2, layer.Name, new AllChannels(), 1))]), height, width);
        using var frozen = new FrozenNetwork(weights, torch.CPU, precision);
        if (precision == EnginePrecision.Float64)
            Forward<double>(frozen, objective, height, width, canvas, visit);
        else
            Forward<float>(frozen, objective, height, width, canvas, visit);
    }

    /// <summary>The gradient of an objective, in its canonical text, beside the golden one: see <see cref="Golden.CompareGradient"/>.</summary>
    public static (double Error, double Cosine) CompareGradient(Golden golden, string network, string objective, EnginePrecision precision)
    {
        NetworkDescription description = NetworkCatalog.Find(network)!;
        Assert.True(ObjectiveSyntax.TryParse(objective, new NetworkGeometry(description), out Objective? parsed, out string? problem), problem);
        (int height, int width) = golden.GradientCanvas;

        // The layers behind the deepest wanted one have no say, but many weights.
        var cut = new NetworkGeometry(description).Evaluate(parsed.Layers).Nodes;
        description = description with { Nodes = cut, Layers = [.. description.Layers.Where(layer => cut.Any(node => node.Name == layer.Name))] };
        using NetworkWeights weights = RandomWeights.Of(description, Golden.Classes);
        var geometry = new NetworkGeometry(weights.Network);
        var whole = new OctaveObjective(geometry, parsed, height, width, guide: parsed.GuidedLayers.Count > 0 ? Guide(parsed, geometry) : null);
        using var frozen = new FrozenNetwork(weights, torch.CPU, precision);
        double[] gradient = precision == EnginePrecision.Float64
            ? Gradient<double>(frozen, whole, height, width)
            : Gradient<float>(frozen, whole, height, width);
        return golden.CompareGradient(objective, gradient);
    }

    /// <summary>Features of a guide that was never seen, 0 to 1: goldens.py makes the same.</summary>
    private static GuideFeatures Guide(Objective objective, NetworkGeometry geometry)
    {
        const int Cells = 37;
        return new GuideFeatures(objective.GuidedLayers.ToDictionary(layer => layer, layer =>
        {
            int channels = geometry[layer].Channels;
            ulong seed = RandomWeights.Seed($"guide/{layer}");
            return new GuidedLayer(Cells, channels, Enumerable.Range(0, Cells * channels).Select(i => (float)Math.ScaleB(RandomWeights.Number(seed, i) >> 40, -24)).ToArray());
        }));
    }

    private static void Forward<T>(FrozenNetwork network, OctaveObjective objective, int height, int width, short[] canvas, LayerVisitor visit)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();
        IReadOnlyList<torch.Tensor> activations = network.Forward(objective, new WindowGradient<T>(network).ReadCanvas(height, width, [canvas], places: 1)).Activations;
        for (int i = 0; i < activations.Count; i++)
        {
            // Planes by planes, as PyTorch counts them, whatever the layout in memory.
            using torch.Tensor plain = activations[i].contiguous();
            double[] values = [.. MemoryMarshal.Cast<byte, T>(plain.bytes).ToArray().Select(double.CreateChecked)];
            visit(objective.Layers[i], plain.shape[1..], values);
        }
    }

    /// <summary>[3, H, W].</summary>
    private static double[] Gradient<T>(FrozenNetwork network, OctaveObjective objective, int height, int width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rows = new T[height * 3 * width];
        new WindowGradient<T>(network).ComputeUnrounded(objective, new WindowShape(height, width, 0, 0, height, width), Golden.Canvas(height, width), rows);
        var planes = new double[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            (int line, int x) = Math.DivRem(i, width);
            (int y, int c) = Math.DivRem(line, 3);
            planes[(c * height + y) * width + x] = double.CreateChecked(rows[i]);
        }

        return planes;
    }
}

/// <summary>Sees a layer's activations [C, H, W].</summary>
internal delegate void LayerVisitor(string layer, long[] shape, ReadOnlySpan<double> values);
