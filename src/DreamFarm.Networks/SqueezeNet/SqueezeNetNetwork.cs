namespace DreamFarm.Networks;

/// <summary>
/// SqueezeNet 1.0 (Iandola et al., 2016) with torchvision's parameter names. <c>conv10</c> is the classifier's
/// convolution with its ReLU: one channel for each class of ImageNet.
/// </summary>
internal sealed class SqueezeNetNetwork : INetworkFamily
{
    public IEnumerable<NetworkDescription> Describe() =>
    [
        new NetworkDescription
        {
            Name = "squeezenet1_0",
            Summary = "SqueezeNet 1.0, trained on ImageNet: small, quick, with torchvision's weights",
            Nodes =
            [
                new("conv1", new Convolution("features.0", 96, 7, Stride: 2), Node.Input),
                new("pool1", Pool, "conv1"),
                .. Fire("fire2", 3, "pool1", 16, 64),
                .. Fire("fire3", 4, "fire2", 16, 64),
                .. Fire("fire4", 5, "fire3", 32, 128),
                new("pool4", Pool, "fire4"),
                .. Fire("fire5", 7, "pool4", 32, 128),
                .. Fire("fire6", 8, "fire5", 48, 192),
                .. Fire("fire7", 9, "fire6", 48, 192),
                .. Fire("fire8", 10, "fire7", 64, 256),
                new("pool8", Pool, "fire8"),
                .. Fire("fire9", 12, "pool8", 64, 256),
                new("conv10", new Convolution("classifier.1", 1000, 1), "fire9"),
            ],
            // The least context with an error under 2e-4, what rounding a core's gradient to float16 costs anyway:
            // measured on tiles of 128 pixels of two photographs (l2, float32).
            Layers =
            [
                new("conv1", new(6, 1.3e-7)),
                new("fire2", new(16, 7.9e-8)),
                new("fire3", new(24, 1.8e-7)),
                new("fire4", new(32, 2.6e-7)),
                new("fire5", new(48, 1.3e-4)),
                new("fire6", new(72, 5.4e-7)),
                new("fire7", new(80, 3.8e-5)),
                new("fire8", new(96, 3.7e-5)),
                new("fire9", new(144, 5.6e-7)),
                new("conv10", new(144, 8.7e-7)),
            ],
            Preprocessing = Preprocessing.ImageNet,
            Defaults = new("fire8"),
        },
    ];

    private static MaxPooling Pool => new(3, 2, CeilMode: true);

    private static IEnumerable<Node> Fire(string name, int index, string input, int squeeze, int expand)
    {
        var weights = $"features.{index}";
        return
        [
            new($"{name}/squeeze", new Convolution($"{weights}.squeeze", squeeze, 1), input),
            new($"{name}/expand1x1", new Convolution($"{weights}.expand1x1", expand, 1), $"{name}/squeeze"),
            new($"{name}/expand3x3", new Convolution($"{weights}.expand3x3", expand, 3, Padding: 1), $"{name}/squeeze"),
            new(name, new Concatenation(), $"{name}/expand1x1", $"{name}/expand3x3"),
        ];
    }
}
