namespace DreamFarm.Networks;

/// <summary>
/// ResNet with 50 and with 101 layers (He et al., "Deep Residual Learning", 2015) and torchvision's tensors; as there, a block that halves
/// the map does so in its 3x3 convolution. <c>conv1</c> is the first convolution with its norm and ReLU, <c>layer3.4</c> the
/// fifth block of the third group behind its last ReLU, <c>layer3</c> the group's last block.
/// </summary>
internal sealed class ResNetNetworks : INetworkFamily
{
    // Unmeasured, for want of weights: a third more than the least with an error under 1e-3 (l2, tiles of 128 pixels) if the
    // weights are random, as SqueezeNet 1.0 needs it once it is trained.
    private static readonly Dictionary<string, int> Contexts50 = new()
    {
        ["layer1.2"] = 32,
        ["layer2.3"] = 80,
        ["layer3.2"] = 128,
        ["layer3.5"] = 176,
        ["layer4.0"] = 224,
        ["layer4.1"] = 256,
        ["layer4.2"] = 256,
    };

    private static readonly Dictionary<string, int> Contexts101 = new(Contexts50)
    {
        ["layer3.11"] = 240,
        ["layer3.17"] = 288,
        ["layer3.22"] = 304,
        ["layer4.0"] = 320,
        ["layer4.1"] = 352,
        ["layer4.2"] = 352,
    };

    public IEnumerable<NetworkDescription> Describe() =>
    [
        Network(50, [3, 4, 6, 3], Contexts50, Publisher.Torchvision("resnet50-0676ba61.pth", 102_530_333)),
        Network(101, [3, 4, 23, 3], Contexts101, Publisher.Torchvision("resnet101-63fe2227.pth")),
    ];

    private static NetworkDescription Network(int depth, int[] blocks, Dictionary<string, int> contexts, Publisher publisher)
    {
        List<Node> nodes =
        [
            new("conv1", Unit("conv1", "bn1", 64, 7, stride: 2), Node.Input),
            new("maxpool", new MaxPooling(3, 2, Padding: 1), "conv1"),
        ];
        List<Layer> layers = [new("conv1", null), new("maxpool", null)];
        for (var group = 1; group <= blocks.Length; group++)
        {
            for (var i = 0; i < blocks[group - 1]; i++)
            {
                nodes.AddRange(Block($"layer{group}.{i}", nodes[^1].Name, 32 << group, widen: i == 0, stride: i == 0 && group > 1 ? 2 : 1));
                AutomaticContext? context = contexts.TryGetValue($"layer{group}.{i}", out var pixels) ? new(pixels, null) : null;
                layers.Add(new($"layer{group}.{i}", context, i == blocks[group - 1] - 1 ? [$"layer{group}"] : []));
            }
        }

        nodes.Add(new("fc", new Convolution("fc", 1000, 1, Relu: false) { Dense = true, AnyChannels = true }, nodes[^1].Name));
        layers.Add(new("fc", null, "logits"));
        return new NetworkDescription
        {
            Name = $"resnet{depth}",
            Summary = $"ResNet with {depth} layers, trained on ImageNet, with torchvision's weights",
            Nodes = nodes,
            Layers = layers,
            Preprocessing = Preprocessing.ImageNet,
            Defaults = NetworkDefaults.FourOctaves($"layer3.{blocks[2] - 1}"),
            Publisher = publisher,
        };
    }

    /// <summary>A bottleneck of <paramref name="width"/> channels, beside which its input goes on; <paramref name="widen"/> takes that to the block's width first.</summary>
    private static IEnumerable<Node> Block(string name, string input, int width, bool widen, int stride)
    {
        yield return new($"{name}/reduce", Unit($"{name}.conv1", $"{name}.bn1", width, 1), input);
        yield return new($"{name}/3x3", Unit($"{name}.conv2", $"{name}.bn2", width, 3, stride), $"{name}/reduce");
        yield return new($"{name}/expand", Unit($"{name}.conv3", $"{name}.bn3", 4 * width, 1, relu: false), $"{name}/3x3");
        var shortcut = input;
        if (widen)
            yield return new(shortcut = $"{name}/shortcut", Unit($"{name}.downsample.0", $"{name}.downsample.1", 4 * width, 1, stride, relu: false), input);
        yield return new($"{name}/sum", new Addition(), $"{name}/expand", shortcut);
        yield return new(name, new Activation(ActivationKind.Relu), $"{name}/sum");
    }

    private static Convolution Unit(string weights, string norm, int channels, int kernel, int stride = 1, bool relu = true) =>
        new(weights, channels, kernel, stride, Padding: kernel / 2, Relu: relu) { Bias = false, Norm = new(norm, 1e-5) };
}
