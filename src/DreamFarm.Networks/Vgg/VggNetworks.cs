namespace DreamFarm.Networks;

/// <summary>
/// VGG with 16 and with 19 layers (Simonyan and Zisserman, "Very Deep Convolutional Networks", 2014) and torchvision's tensors.
/// Every convolution is a layer before its ReLU (<c>conv4_2</c>) and behind it (<c>relu4_2</c>); the fully connected
/// layers are applied at every place.
/// </summary>
internal sealed class VggNetworks : INetworkFamily
{
    private static readonly int[] Widths = [64, 128, 256, 512, 512];

    public IEnumerable<NetworkDescription> Describe() =>
    [
        Network(16, [2, 2, 3, 3, 3], Publisher.Torchvision("vgg16-397923af.pth", 553_433_881)),
        Network(19, [2, 2, 4, 4, 4], Publisher.Torchvision("vgg19-dcbb9e9d.pth", 574_673_361)),
    ];

    private static NetworkDescription Network(int depth, int[] convolutions, Publisher publisher)
    {
        var nodes = new List<Node>();
        var aliases = new Dictionary<string, string[]>();
        for (var block = 1; block <= convolutions.Length; block++)
        {
            for (var i = 1; i <= convolutions[block - 1]; i++)
            {
                Feature($"conv{block}_{i}", new Convolution($"features.{nodes.Count}", Widths[block - 1], 3, Padding: 1, Relu: false));
                Feature($"relu{block}_{i}", new Activation(ActivationKind.Relu));
            }

            Feature($"pool{block}", new MaxPooling(2, 2));
        }

        nodes.AddRange(
        [
            new("fc6", new Convolution("classifier.0", 4096, 7, Relu: false) { Dense = true }, "pool5"),
            new("relu6", new Activation(ActivationKind.Relu), "fc6"),
            new("fc7", new Convolution("classifier.3", 4096, 1, Relu: false) { Dense = true }, "relu6"),
            new("relu7", new Activation(ActivationKind.Relu), "fc7"),
            new("fc8", new Convolution("classifier.6", 1000, 1, Relu: false) { Dense = true, AnyChannels = true }, "relu7"),
        ]);
        aliases["fc8"] = ["logits"];
        return new NetworkDescription
        {
            Name = $"vgg{depth}",
            Summary = $"VGG with {depth} layers, trained on ImageNet: fine texture, much arithmetic, with torchvision's weights",
            Nodes = nodes,
            // Exact contexts: two thirds to three quarters of them are enough for random weights, and SqueezeNet 1.0, a chain
            // of convolutions too, needs a third more once it is trained.
            Layers = LayerList.Of(nodes, node => aliases.GetValueOrDefault(node, [])),
            Preprocessing = Preprocessing.ImageNet,
            Defaults = NetworkDefaults.FourOctaves("relu4_3"),
            Publisher = publisher,
        };

        // torchvision counts its features as they come: its name of a node is its number.
        void Feature(string name, Operation operation)
        {
            aliases[name] = [$"features.{nodes.Count}"];
            nodes.Add(new(name, operation, nodes.Count == 0 ? Node.Input : nodes[^1].Name));
        }
    }
}
