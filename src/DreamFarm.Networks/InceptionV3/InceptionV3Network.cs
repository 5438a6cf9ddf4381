namespace DreamFarm.Networks;

/// <summary>
/// Inception v3 (Szegedy et al., "Rethinking the Inception Architecture", 2015) with torchvision's tensors, which are TensorFlow's: the canvas
/// goes in as it is. The modules are called as in Keras, <c>mixed0</c> to <c>mixed10</c>, their branches as in torchvision. The average
/// poolings count their padding, as torchvision's do, with Keras' weights too; Keras' do not, which makes a difference at a window's edge alone.
/// Reading Keras' weights relies on the convolutions standing in the order in which Keras' source makes them, as they do.
/// </summary>
internal sealed class InceptionV3Network : INetworkFamily
{
    // Keras' modules by torchvision's names.
    private static readonly string[] Modules = ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"];

    // Unmeasured, for want of weights: the least with an error under 1e-3 (l2, tiles of 128 pixels) if the weights are
    // random. On motif, whose modules are built alike, what training makes needs no more than that.
    private static readonly Dictionary<string, AutomaticContext> Contexts = new()
    {
        ["Conv2d_2b_3x3"] = new(10, null),
        ["Conv2d_4a_3x3"] = new(24, null),
        ["mixed0"] = new(56, null),
        ["mixed1"] = new(80, null),
        ["mixed2"] = new(96, null),
        ["mixed3"] = new(128, null),
        ["mixed4"] = new(256, null),
        ["mixed5"] = new(336, null),
        ["mixed6"] = new(416, null),
        ["mixed7"] = new(496, null),
        ["mixed8"] = new(608, null),
        ["mixed9"] = new(608, null),
        ["mixed10"] = new(608, null),
    };

    public IEnumerable<NetworkDescription> Describe()
    {
        Node[] nodes =
        [
            new("Conv2d_1a_3x3", Unit("Conv2d_1a_3x3", 32, 3, stride: 2), Node.Input),
            new("Conv2d_2a_3x3", Unit("Conv2d_2a_3x3", 32, 3), "Conv2d_1a_3x3"),
            new("Conv2d_2b_3x3", Unit("Conv2d_2b_3x3", 64, 3, padding: 1), "Conv2d_2a_3x3"),
            new("maxpool1", new MaxPooling(3, 2), "Conv2d_2b_3x3"),
            new("Conv2d_3b_1x1", Unit("Conv2d_3b_1x1", 80, 1), "maxpool1"),
            new("Conv2d_4a_3x3", Unit("Conv2d_4a_3x3", 192, 3), "Conv2d_3b_1x1"),
            new("maxpool2", new MaxPooling(3, 2), "Conv2d_4a_3x3"),
            .. new Module(0, "maxpool2").Fives(32),
            .. new Module(1, "mixed0").Fives(64),
            .. new Module(2, "mixed1").Fives(64),
            .. new Module(3, "mixed2").Halved(),
            .. new Module(4, "mixed3").Sevens(128),
            .. new Module(5, "mixed4").Sevens(160),
            .. new Module(6, "mixed5").Sevens(160),
            .. new Module(7, "mixed6").Sevens(192),
            .. new Module(8, "mixed7").HalvedBySevens(),
            .. new Module(9, "mixed8").Spread(),
            .. new Module(10, "mixed9").Spread(),
            new("fc", new Convolution("fc", 1000, 1, Relu: false) { Dense = true, AnyChannels = true }, "mixed10"),
        ];
        yield return new NetworkDescription
        {
            Name = "inception_v3",
            Summary = "Inception v3, trained on ImageNet: the network of TensorFlow's tutorial, with torchvision's weights",
            Nodes = nodes,
            Layers = LayerList.Of(nodes, Aliases, Contexts),
            Defaults = NetworkDefaults.FourOctaves("mixed3,mixed5"),
            Publisher = Publisher.Torchvision("inception_v3_google-0cc3c7bd.pth", 108_949_747),
        };
    }

    private static Convolution Unit(string path, int channels, Pair kernel, int stride = 1, Pair padding = default) =>
        new($"{path}.conv", channels, kernel, stride, padding) { Bias = false, Norm = new($"{path}.bn", 1e-3) };

    private static string[] Aliases(string node)
    {
        if (node == "fc")
            return ["logits"];
        if (!node.StartsWith("mixed", StringComparison.Ordinal))
            return [];
        var (module, branch) = node.Split('/') is [var before, var behind] ? (before, $".{behind}") : (node, "");
        return [$"Mixed_{Modules[int.Parse(module["mixed".Length..], System.Globalization.CultureInfo.InvariantCulture)]}{branch}"];
    }

    /// <summary>The module <c>mixed{number}</c> behind <paramref name="input"/>, in one of the paper's five forms.</summary>
    private readonly struct Module(int number, string input)
    {
        private static readonly Pair Row = new(1, 7), Column = new(7, 1);

        /// <summary>The paper's figure 5, with one kernel of 5 and two of 3 in a row.</summary>
        public Node[] Fives(int pooled) =>
        [
            Convolve("branch1x1", 64, 1),
            Convolve("branch5x5_1", 48, 1),
            Convolve("branch5x5_2", 64, 5, "branch5x5_1"),
            Convolve("branch3x3dbl_1", 64, 1),
            Convolve("branch3x3dbl_2", 96, 3, "branch3x3dbl_1"),
            Convolve("branch3x3dbl_3", 96, 3, "branch3x3dbl_2"),
            Averaged,
            Convolve("branch_pool", pooled, 1, "pool"),
            Join("branch1x1", "branch5x5_2", "branch3x3dbl_3", "branch_pool"),
        ];

        /// <summary>Half the cells on each axis.</summary>
        public Node[] Halved() =>
        [
            Halve("branch3x3", 384),
            Convolve("branch3x3dbl_1", 64, 1),
            Convolve("branch3x3dbl_2", 96, 3, "branch3x3dbl_1"),
            Halve("branch3x3dbl_3", 96, "branch3x3dbl_2"),
            Largest,
            Join("branch3x3", "branch3x3dbl_3", "pool"),
        ];

        /// <summary>The paper's figure 6: rows and columns of 7.</summary>
        public Node[] Sevens(int narrow) =>
        [
            Convolve("branch1x1", 192, 1),
            Convolve("branch7x7_1", narrow, 1),
            Convolve("branch7x7_2", narrow, Row, "branch7x7_1"),
            Convolve("branch7x7_3", 192, Column, "branch7x7_2"),
            Convolve("branch7x7dbl_1", narrow, 1),
            Convolve("branch7x7dbl_2", narrow, Column, "branch7x7dbl_1"),
            Convolve("branch7x7dbl_3", narrow, Row, "branch7x7dbl_2"),
            Convolve("branch7x7dbl_4", narrow, Column, "branch7x7dbl_3"),
            Convolve("branch7x7dbl_5", 192, Row, "branch7x7dbl_4"),
            Averaged,
            Convolve("branch_pool", 192, 1, "pool"),
            Join("branch1x1", "branch7x7_3", "branch7x7dbl_5", "branch_pool"),
        ];

        /// <summary>Half the cells again.</summary>
        public Node[] HalvedBySevens() =>
        [
            Convolve("branch3x3_1", 192, 1),
            Halve("branch3x3_2", 320, "branch3x3_1"),
            Convolve("branch7x7x3_1", 192, 1),
            Convolve("branch7x7x3_2", 192, Row, "branch7x7x3_1"),
            Convolve("branch7x7x3_3", 192, Column, "branch7x7x3_2"),
            Halve("branch7x7x3_4", 192, "branch7x7x3_3"),
            Largest,
            Join("branch3x3_2", "branch7x7x3_4", "pool"),
        ];

        /// <summary>The paper's figure 7: rows and columns of 3 side by side.</summary>
        public Node[] Spread() =>
        [
            Convolve("branch1x1", 320, 1),
            Convolve("branch3x3_1", 384, 1),
            Convolve("branch3x3_2a", 384, new(1, 3), "branch3x3_1"),
            Convolve("branch3x3_2b", 384, new(3, 1), "branch3x3_1"),
            Convolve("branch3x3dbl_1", 448, 1),
            Convolve("branch3x3dbl_2", 384, 3, "branch3x3dbl_1"),
            Convolve("branch3x3dbl_3a", 384, new(1, 3), "branch3x3dbl_2"),
            Convolve("branch3x3dbl_3b", 384, new(3, 1), "branch3x3dbl_2"),
            Averaged,
            Convolve("branch_pool", 192, 1, "pool"),
            Join("branch1x1", "branch3x3_2a", "branch3x3_2b", "branch3x3dbl_3a", "branch3x3dbl_3b", "branch_pool"),
        ];

        private Node Averaged => new(Name("pool"), new AveragePooling(3, 1, Padding: 1), input);

        private Node Largest => new(Name("pool"), new MaxPooling(3, 2), input);

        private string Name(string branch) => $"mixed{number}/{branch}";

        /// <summary>As many cells as there are; behind <paramref name="branch"/> of this module, or its input.</summary>
        private Node Convolve(string name, int channels, Pair kernel, string? branch = null) =>
            new(Name(name), Unit(Path(name), channels, kernel, padding: new(kernel.Rows / 2, kernel.Columns / 2)), branch is null ? input : Name(branch));

        private Node Halve(string name, int channels, string? branch = null) =>
            new(Name(name), Unit(Path(name), channels, 3, stride: 2), branch is null ? input : Name(branch));

        private Node Join(params string[] branches) => new($"mixed{number}", new Concatenation(), [.. branches.Select(Name)]);

        private string Path(string branch) => $"Mixed_{Modules[number]}.{branch}";
    }
}
