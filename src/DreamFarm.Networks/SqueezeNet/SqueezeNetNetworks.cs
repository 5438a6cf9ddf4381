namespace DreamFarm.Networks;

/// <summary>
/// SqueezeNet 1.0 and 1.1 (Iandola et al., 2016) with torchvision's parameter names. <c>conv10</c> is the classifier's
/// convolution with its ReLU: one channel for each class.
/// </summary>
internal sealed class SqueezeNetNetworks : INetworkFamily
{
    private static readonly int[] Squeezed = [16, 16, 32, 32, 48, 48, 64, 64];

    public IEnumerable<NetworkDescription> Describe() => [Version10, Version11];

    private static NetworkDescription Version10 => Network(
        "squeezenet1_0",
        "SqueezeNet 1.0, trained on ImageNet: small, quick, with torchvision's weights",
        Publisher.Torchvision("squeezenet1_0-b66bff10.pth"),
        new Convolution("features.0", 96, 7, Stride: 2),
        pooledFires: [4, 8],
        // The least context with an error under 2e-4, what rounding a core's gradient to float16 costs anyway:
        // measured on tiles of 128 pixels of two photographs (l2, float32).
        new()
        {
            ["conv1"] = new(6, 1.3e-7),
            ["fire2"] = new(16, 7.9e-8),
            ["fire3"] = new(24, 1.8e-7),
            ["fire4"] = new(32, 2.6e-7),
            ["fire5"] = new(48, 1.3e-4),
            ["fire6"] = new(72, 5.4e-7),
            ["fire7"] = new(80, 3.8e-5),
            ["fire8"] = new(96, 3.7e-5),
            ["fire9"] = new(144, 5.6e-7),
            ["conv10"] = new(144, 8.7e-7),
        });

    private static NetworkDescription Version11 => Network(
        "squeezenet1_1",
        "SqueezeNet 1.1, trained on ImageNet: less than half the arithmetic of 1.0, with torchvision's weights",
        Publisher.Torchvision("squeezenet1_1-b8a52dc0.pth"),
        new Convolution("features.0", 64, 3, Stride: 2),
        pooledFires: [3, 5],
        contexts: null);

    /// <summary>A convolution, a pooling, and eight fire modules of which some have a pooling behind them.</summary>
    private static NetworkDescription Network(
        string name, string summary, Publisher publisher, Convolution first, int[] pooledFires, Dictionary<string, AutomaticContext>? contexts)
    {
        // torchvision counts its features as they come: a convolution, its ReLU, then poolings and modules.
        List<Node> nodes = [new("conv1", first, Node.Input), new("pool1", Pool, "conv1")];
        var aliases = new Dictionary<string, string[]> { ["conv1"] = ["features.1"], ["pool1"] = ["features.2"], ["conv10"] = ["logits", "classifier.2"] };
        var feature = 3;
        for (var fire = 2; fire <= 9; fire++)
        {
            aliases[$"fire{fire}"] = [$"features.{feature}"];
            nodes.AddRange(Fire($"fire{fire}", $"features.{feature++}", nodes[^1].Name, Squeezed[fire - 2]));
            if (!pooledFires.Contains(fire))
                continue;
            aliases[$"pool{fire}"] = [$"features.{feature++}"];
            nodes.Add(new($"pool{fire}", Pool, nodes[^1].Name));
        }

        nodes.Add(new("conv10", new Convolution("classifier.1", 1000, 1) { AnyChannels = true }, nodes[^1].Name));
        return new NetworkDescription
        {
            Name = name,
            Summary = summary,
            Nodes = nodes,
            Layers = LayerList.Of(nodes, node => aliases.GetValueOrDefault(node, []), contexts),
            Preprocessing = Preprocessing.ImageNet,
            Defaults = NetworkDefaults.FourOctaves("fire8"),
            Publisher = publisher,
        };
    }

    private static MaxPooling Pool => new(3, 2, CeilMode: true);

    private static IEnumerable<Node> Fire(string name, string weights, string input, int squeeze) =>
    [
        new($"{name}/squeeze", new Convolution($"{weights}.squeeze", squeeze, 1), input),
        new($"{name}/expand1x1", new Convolution($"{weights}.expand1x1", 4 * squeeze, 1), $"{name}/squeeze"),
        new($"{name}/expand3x3", new Convolution($"{weights}.expand3x3", 4 * squeeze, 3, Padding: 1), $"{name}/squeeze"),
        new(name, new Concatenation(), $"{name}/expand1x1", $"{name}/expand3x3"),
    ];
}
