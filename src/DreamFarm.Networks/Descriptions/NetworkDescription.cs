using System.Text.Json.Serialization;

namespace DreamFarm.Networks;

/// <summary>
/// A convolutional network as data: its graph, which nodes people dream on and under what names, what it expects as
/// input, and the settings that suit it. Strides, reach and weight names all follow from the graph.
/// </summary>
public sealed record NetworkDescription
{
    /// <summary>The name that specs use, such as <c>squeezenet1_0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for listings.</summary>
    public required string Summary { get; init; }

    /// <summary>The graph in an order in which every node stands behind those it reads.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>The layers that can be dreamt, shallow to deep.</summary>
    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>Null where the network takes the canvas as it is, RGB in [-1, 1].</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>What a spec gets where it says nothing.</summary>
    public required NetworkDefaults Defaults { get; init; }

    /// <summary>Name of the embedded .safetensors file with this network's weights; null where they have to be found.</summary>
    [JsonIgnore]
    public string? BuiltInWeights { get; init; }

    /// <summary>Who publishes weights for it; null where nobody does.</summary>
    [JsonIgnore]
    public Publisher? Publisher { get; init; }

    /// <summary>The layer of that name or alias, or null.</summary>
    public Layer? FindLayer(string name) =>
        Layers.FirstOrDefault(layer => layer.Name == name) ?? Layers.FirstOrDefault(layer => layer.Aliases.Contains(name, StringComparer.Ordinal));

    /// <summary>
    /// The network with as many classes as the weights have, or without fully connected layers that they lack, as weights for
    /// everything but classifying do; itself where that is what it says already.
    /// </summary>
    internal NetworkDescription WithClassesOf(WeightFile file)
    {
        var nodes = new List<Node>(Nodes.Count);
        var left = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in Nodes)
        {
            var dense = node.Operation is Convolution { Dense: true } or Convolution { AnyChannels: true } ? (Convolution)node.Operation : null;
            var tensor = dense is null ? null : file.Tensors.GetValueOrDefault($"{dense.Weights}.weight");
            if (dense is not null && tensor is null || node.Inputs.Any(left.Contains))
                left.Add(node.Name);
            else if (dense is { AnyChannels: true } && tensor is { Shape: [>= 1 and <= Convolution.MostChannels, ..] } && tensor.Shape[0] != dense.Channels)
                nodes.Add(node with { Operation = dense with { Channels = tensor.Shape[0] } });
            else
                nodes.Add(node);
        }

        var same = left.Count == 0 && nodes.Zip(Nodes).All(pair => ReferenceEquals(pair.First, pair.Second));
        return same ? this : this with { Nodes = nodes, Layers = [.. Layers.Where(layer => !left.Contains(layer.Name))] };
    }
}

/// <summary>A node that can be dreamt.</summary>
/// <param name="Name">The name people know; also the node's name.</param>
/// <param name="Context">What <c>--context auto</c> means for this layer; null leaves it to <see cref="NetworkGeometry.ContextOf"/>.</param>
/// <param name="Aliases">Other names that people know it by.</param>
public sealed record Layer(string Name, AutomaticContext? Context, params string[] Aliases);

/// <summary>The context that the network's file recommends for a layer.</summary>
/// <param name="Pixels">Context on every side, in pixels; a multiple of the layer's stride.</param>
/// <param name="MeasuredError">
/// Relative L2 difference between the gradient of tiles with this context and the whole canvas's, as measured;
/// null where it was not measured.
/// </param>
public readonly record struct AutomaticContext(int Pixels, double? MeasuredError);

/// <summary>Spec values of a network's own; null takes the general default.</summary>
public sealed record NetworkDefaults(string Layers, int? Octaves = null, double? OctaveScale = null, int? Steps = null, double? StepSize = null)
{
    /// <summary>Four octaves of ten steps, chosen by eye on SqueezeNet 1.0: also for networks whose weights were not at hand.</summary>
    internal static NetworkDefaults FourOctaves(string layers) => new(layers, Octaves: 4, OctaveScale: 1.4, Steps: 10, StepSize: 0.02);
}
