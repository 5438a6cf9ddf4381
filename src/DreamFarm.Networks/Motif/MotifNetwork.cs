namespace DreamFarm.Networks;

/// <summary>
/// The project's own network: 0.9 million parameters, trained on pictures that a program draws (eyes, spirals, shells,
/// feathers and the like), batch norm folded into the convolutions. Inception modules as in Szegedy et al.,
/// "Going Deeper with Convolutions" (2014), at a quarter of the width.
/// </summary>
internal sealed class MotifNetwork : INetworkFamily
{
    /// <summary>What its training drew, in the order of the classifier's channels.</summary>
    private static readonly string[] Classes =
    [
        "eye", "spiral", "peacock", "flower", "fern", "pagoda", "shell", "web", "mandala", "gear", "tentacle",
        "butterfly", "face", "fish", "leaf", "phyllo", "nautilus",
        "scales", "wing", "arches", "honeycomb", "waves", "flames", "fur", "wood", "snake", "voronoi", "labyrinth", "pearls",
        "cat", "bird", "owl", "rose", "dragonfly", "braid",
    ];

    public IEnumerable<NetworkDescription> Describe() =>
    [
        new NetworkDescription
        {
            Name = "motif",
            Summary = "the built-in network: eyes, spirals, feathers and shells, in brush strokes",
            Nodes =
            [
                new("conv1", new Convolution("conv1", 24, 7, Stride: 2, Padding: 3), Node.Input),
                new("pool1", Pool, "conv1"),
                new("conv2", new Convolution("conv2", 24, 1), "pool1"),
                new("conv3", new Convolution("conv3", 64, 3, Padding: 1), "conv2"),
                .. Inception("3a", "conv3", 24, 32, 40, 8, 16, 16),
                .. Inception("3b", "3a", 32, 40, 56, 12, 24, 16),
                new("pool3", Pool, "3b"),
                .. Inception("4a", "pool3", 48, 48, 80, 12, 32, 24),
                .. Inception("4b", "4a", 48, 56, 88, 14, 32, 24),
                .. Inception("4c", "4b", 48, 64, 96, 16, 40, 24),
                .. Inception("4d", "4c", 56, 72, 112, 16, 48, 24),
                new("pool4", Pool, "4d"),
                .. Inception("5a", "pool4", 72, 80, 144, 24, 64, 32),
                .. Inception("5b", "5a", 96, 96, 160, 24, 72, 32),
                new("logits", new Convolution("classifier", Classes.Length, 1, Relu: false) { Dense = true, AnyChannels = true }, "5b"),
            ],
            // The least context with an error under 2e-4, what rounding a core's gradient to float16 costs anyway:
            // measured on tiles of 128 pixels of two photographs (l2, float32).
            Layers =
            [
                new("conv1", new(6, 0)),
                new("conv3", new(20, 6.2e-8)),
                new("3a", new(36, 1.3e-7)),
                new("3b", new(48, 7.5e-6)),
                new("4a", new(64, 7.1e-5)),
                new("4b", new(80, 1.1e-4)),
                new("4c", new(96, 7.4e-5)),
                new("4d", new(104, 1.1e-4)),
                new("5a", new(144, 8.1e-5)),
                new("5b", new(160, 1.5e-4)),
                new("logits", new(176, 8.0e-5)),
            ],
            Classes = Classes,
            Defaults = new("4a:0.5,4b,4c,4d:0.5,5a", Octaves: 5, OctaveScale: 1.4, Steps: 20, StepSize: 0.022),
            BuiltInWeights = "motif.safetensors",
        },
    ];

    private static MaxPooling Pool => new(3, 2, Padding: 1);

    private static IEnumerable<Node> Inception(string name, string input, int one, int threeReduce, int three, int fiveReduce, int five, int projection)
    {
        var weights = $"inception{name}";
        return
        [
            new($"{name}/1x1", new Convolution($"{weights}.1x1", one, 1), input),
            new($"{name}/3x3_reduce", new Convolution($"{weights}.3x3_reduce", threeReduce, 1), input),
            new($"{name}/3x3", new Convolution($"{weights}.3x3", three, 3, Padding: 1), $"{name}/3x3_reduce"),
            new($"{name}/5x5_reduce", new Convolution($"{weights}.5x5_reduce", fiveReduce, 1), input),
            new($"{name}/5x5", new Convolution($"{weights}.5x5", five, 5, Padding: 2), $"{name}/5x5_reduce"),
            new($"{name}/pool", new MaxPooling(3, 1, Padding: 1), input),
            new($"{name}/pool_proj", new Convolution($"{weights}.pool_proj", projection, 1), $"{name}/pool"),
            new(name, new Concatenation(), $"{name}/1x1", $"{name}/3x3", $"{name}/5x5", $"{name}/pool_proj"),
        ];
    }
}
