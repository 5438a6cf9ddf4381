using System.Text.Json.Serialization;

namespace DreamFarm.Networks;

/// <summary>
/// A convolutional network as data: its graph, which nodes people dream on and under what names, what it expects as
/// input, and the settings that suit it. Strides, reach and weight names all follow from the graph.
/// </summary>
public sealed record NetworkDescription
{
    /// <summary>The most classes that can have names.</summary>
    public const int MostClasses = 1 << 15;

    /// <summary>The most characters of a class's name.</summary>
    public const int LongestClass = 100;

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

    /// <summary>
    /// What the channels of its classifier stand for, in their order, such as <c>eye</c>; objectives can name channels so. Null where nobody
    /// says. As many as the classifier has channels, all different, each at most <see cref="LongestClass"/> characters.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

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
    /// everything but classifying do; itself where that is what it says already. Other classes than its own have no names.
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
        return same ? this : this with
        {
            Nodes = nodes,
            Layers = [.. Layers.Where(layer => !left.Contains(layer.Name))],
            Classes = Classes is { } named && ClassifierChannels(nodes).Distinct().ToArray() is [var classes] && classes == named.Count ? named : null,
        };
    }

    /// <summary>What is wrong with the names of the classes, as one sentence that can stand behind a colon; null where nothing is.</summary>
    internal string? FindClassesProblem()
    {
        if (Classes is not { } classes)
            return null;
        if (classes.Count is 0 or > MostClasses)
            return $"it must name 1 to {MostClasses} classes, or none at all.";
        if (classes.Any(name => name is not { Length: > 0 and <= LongestClass } || name.Any(char.IsControl) || name.Trim() != name))
            return $"the names of its classes must be 1 to {LongestClass} characters, with no blanks around them and no control characters among them.";
        if (classes.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            return $"its class \"{twice}\" stands in it twice.";
        return ClassifierChannels(Nodes).Where(channels => channels != classes.Count).Select(channels => (int?)channels).FirstOrDefault() is { } other
            ? $"it names {classes.Count} classes, but its classifier has {other} channels."
            : null;
    }

    private static IEnumerable<int> ClassifierChannels(IEnumerable<Node> nodes) =>
        nodes.Select(node => node.Operation).OfType<Convolution>().Where(convolution => convolution.AnyChannels).Select(convolution => convolution.Channels);
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
