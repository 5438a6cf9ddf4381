namespace DreamFarm.Networks;

/// <summary>
/// AlexNet in its second form (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014), with torchvision's
/// tensors. Every convolution is a layer before its ReLU (<c>conv3</c>) and behind it (<c>relu3</c>); the fully connected
/// layers are applied at every place.
/// </summary>
internal sealed class AlexNetNetwork : INetworkFamily
{
    public IEnumerable<NetworkDescription> Describe()
    {
        (Node Node, string[] Aliases)[] nodes =
        [
            (new("conv1", new Convolution("features.0", 64, 11, Stride: 4, Padding: 2, Relu: false), Node.Input), ["features.0"]),
            (new("relu1", Relu, "conv1"), ["features.1"]),
            (new("pool1", Pool, "relu1"), ["features.2"]),
            (new("conv2", new Convolution("features.3", 192, 5, Padding: 2, Relu: false), "pool1"), ["features.3"]),
            (new("relu2", Relu, "conv2"), ["features.4"]),
            (new("pool2", Pool, "relu2"), ["features.5"]),
            (new("conv3", new Convolution("features.6", 384, 3, Padding: 1, Relu: false), "pool2"), ["features.6"]),
            (new("relu3", Relu, "conv3"), ["features.7"]),
            (new("conv4", new Convolution("features.8", 256, 3, Padding: 1, Relu: false), "relu3"), ["features.8"]),
            (new("relu4", Relu, "conv4"), ["features.9"]),
            (new("conv5", new Convolution("features.10", 256, 3, Padding: 1, Relu: false), "relu4"), ["features.10"]),
            (new("relu5", Relu, "conv5"), ["features.11"]),
            (new("pool5", Pool, "relu5"), ["features.12"]),
            (new("fc6", new Convolution("classifier.1", 4096, 6, Relu: false) { Dense = true }, "pool5"), []),
            (new("relu6", Relu, "fc6"), []),
            (new("fc7", new Convolution("classifier.4", 4096, 1, Relu: false) { Dense = true }, "relu6"), []),
            (new("relu7", Relu, "fc7"), []),
            (new("fc8", new Convolution("classifier.6", 1000, 1, Relu: false) { Dense = true, AnyChannels = true }, "relu7"), ["logits"]),
        ];
        yield return new NetworkDescription
        {
            Name = "alexnet",
            Summary = "AlexNet, trained on ImageNet: coarse and quick, with torchvision's weights",
            Nodes = [.. nodes.Select(named => named.Node)],
            // Exact contexts, as in VGG.
            Layers = LayerList.Of(nodes.Select(named => named.Node), name => nodes.First(named => named.Node.Name == name).Aliases),
            Preprocessing = Preprocessing.ImageNet,
            Defaults = NetworkDefaults.FourOctaves("relu4"),
            Publisher = Publisher.Torchvision("alexnet-owt-7be5be79.pth", 244_408_911),
        };
    }

    private static Activation Relu => new(ActivationKind.Relu);

    private static MaxPooling Pool => new(3, 2);
}
