namespace DreamFarm.Networks;

/// <summary>
/// GoogLeNet (Szegedy et al., "Going Deeper with Convolutions", 2014), twice: the two that people have weights of are two networks.
/// <c>googlenet</c> is torchvision's, with batch norms and with kernels of 3 in the branches that are called 5x5; torchvision brings
/// ImageNet's mean and deviation back to [-1, 1] before the first layer, which is the canvas as it is. <c>bvlc_googlenet</c> is
/// Caffe's, with biases, LRN, BGR in 0 to 255 minus the mean, and Caffe's names for tensors. Layers have Caffe's names in both.
/// </summary>
internal sealed class GoogLeNetNetworks : INetworkFamily
{
    // Channels of the branches: 1x1; 3x3_reduce, 3x3; 5x5_reduce, 5x5; pool_proj.
    private static readonly Dictionary<string, int[]> Widths = new()
    {
        ["3a"] = [64, 96, 128, 16, 32, 32],
        ["3b"] = [128, 128, 192, 32, 96, 64],
        ["4a"] = [192, 96, 208, 16, 48, 64],
        ["4b"] = [160, 112, 224, 24, 64, 64],
        ["4c"] = [128, 128, 256, 24, 64, 64],
        ["4d"] = [112, 144, 288, 32, 64, 64],
        ["4e"] = [256, 160, 320, 32, 128, 128],
        ["5a"] = [256, 160, 320, 32, 128, 128],
        ["5b"] = [384, 192, 384, 48, 128, 128],
    };

    // Unmeasured, for want of weights: the least with an error under 1e-3 (l2, tiles of 128 pixels) if the weights are
    // random. On motif, whose modules are built alike, what training makes needs no more than that.
    private static readonly Dictionary<string, AutomaticContext> TorchvisionContexts = new()
    {
        ["conv1"] = new(6, null),
        ["conv3"] = new(16, null),
        ["inception_3a"] = new(40, null),
        ["inception_3b"] = new(56, null),
        ["inception_4a"] = new(96, null),
        ["inception_4b"] = new(128, null),
        ["inception_4c"] = new(144, null),
        ["inception_4d"] = new(160, null),
        ["inception_4e"] = new(176, null),
        ["inception_5a"] = new(224, null),
        ["inception_5b"] = new(288, null),
    };

    private static readonly Dictionary<string, AutomaticContext> OriginalContexts = new()
    {
        ["conv1/7x7_s2"] = new(6, null),
        ["conv2/3x3"] = new(16, null),
        ["inception_3a"] = new(48, null),
        ["inception_3b"] = new(72, null),
        ["inception_4a"] = new(112, null),
        ["inception_4b"] = new(144, null),
        ["inception_4c"] = new(176, null),
        ["inception_4d"] = new(192, null),
        ["inception_4e"] = new(224, null),
        ["inception_5a"] = new(320, null),
        ["inception_5b"] = new(384, null),
        ["loss3/classifier"] = new(384, null),
    };

    public IEnumerable<NetworkDescription> Describe() => [Torchvision, Original];

    private static NetworkDescription Torchvision
    {
        get
        {
            Node[] nodes =
            [
                new("conv1", Normalised("conv1", 64, 7, 2), Node.Input),
                new("maxpool1", Pool(3), "conv1"),
                new("conv2", Normalised("conv2", 64, 1), "maxpool1"),
                new("conv3", Normalised("conv3", 192, 3), "conv2"),
                new("maxpool2", Pool(3), "conv3"),
                .. Modules(NormalisedBranch, "maxpool2", "3a", "3b"),
                new("maxpool3", Pool(3), "inception_3b"),
                .. Modules(NormalisedBranch, "maxpool3", "4a", "4b", "4c", "4d", "4e"),
                new("maxpool4", Pool(2), "inception_4e"),
                .. Modules(NormalisedBranch, "maxpool4", "5a", "5b"),
                new("fc", Classifier("fc"), "inception_5b"),
            ];
            return new NetworkDescription
            {
                Name = "googlenet",
                Summary = "GoogLeNet with batch norms, trained on ImageNet: torchvision's",
                Nodes = nodes,
                Layers = LayerList.Of(nodes, AliasesInTorchvision, TorchvisionContexts),
                Defaults = NetworkDefaults.FourOctaves("inception_4c"),
                Publisher = Publisher.Torchvision("googlenet-1378be20.pth"),
            };
        }
    }

    private static NetworkDescription Original
    {
        get
        {
            Node[] nodes =
            [
                new("conv1/7x7_s2", Biased("conv1/7x7_s2", 64, 7, 2), Node.Input),
                new("pool1/3x3_s2", Pool(3), "conv1/7x7_s2"),
                new("pool1/norm1", new LocalResponseNormalisation(5), "pool1/3x3_s2"),
                new("conv2/3x3_reduce", Biased("conv2/3x3_reduce", 64, 1), "pool1/norm1"),
                new("conv2/3x3", Biased("conv2/3x3", 192, 3), "conv2/3x3_reduce"),
                new("conv2/norm2", new LocalResponseNormalisation(5), "conv2/3x3"),
                new("pool2/3x3_s2", Pool(3), "conv2/norm2"),
                .. Modules(BiasedBranch, "pool2/3x3_s2", "3a", "3b"),
                new("pool3/3x3_s2", Pool(3), "inception_3b"),
                .. Modules(BiasedBranch, "pool3/3x3_s2", "4a", "4b", "4c", "4d", "4e"),
                new("pool4/3x3_s2", Pool(3), "inception_4e"),
                .. Modules(BiasedBranch, "pool4/3x3_s2", "5a", "5b"),
                new("pool5/7x7_s1", new AveragePooling(7, 1), "inception_5b"),
                new("loss3/classifier", Classifier("loss3/classifier"), "pool5/7x7_s1"),
            ];
            return new NetworkDescription
            {
                Name = "bvlc_googlenet",
                Summary = "the original GoogLeNet in Caffe's form: ImageNet's, Places365's and those of the first dreams",
                Nodes = nodes,
                Layers = LayerList.Of(nodes, AliasesInCaffe, OriginalContexts),
                Preprocessing = new([104 / 255f, 117 / 255f, 123 / 255f], [1 / 255f, 1 / 255f, 1 / 255f], Bgr: true),
                Defaults = NetworkDefaults.FourOctaves("inception_4c"),
                Publisher = new(
                    new Uri("http://dl.caffe.berkeleyvision.org/bvlc_googlenet.caffemodel"),
                    53_533_754,
                    "6f7101e3a2183738a7125a0c5021ba82a1feb4228c5ca0924d991b6daf6f6fad",
                    "unrestricted (BVLC)"),
            };
        }
    }

    /// <summary>Modules in a row; <paramref name="branch"/> makes the convolution of a module's branch with so many channels and such a kernel.</summary>
    private static IEnumerable<Node> Modules(Func<string, string, int, int, Convolution> branch, string input, params string[] modules)
    {
        foreach (var module in modules)
        {
            var (name, widths) = ($"inception_{module}", Widths[module]);
            yield return new($"{name}/1x1", branch(module, "1x1", widths[0], 1), input);
            yield return new($"{name}/3x3_reduce", branch(module, "3x3_reduce", widths[1], 1), input);
            yield return new($"{name}/3x3", branch(module, "3x3", widths[2], 3), $"{name}/3x3_reduce");
            yield return new($"{name}/5x5_reduce", branch(module, "5x5_reduce", widths[3], 1), input);
            yield return new($"{name}/5x5", branch(module, "5x5", widths[4], 5), $"{name}/5x5_reduce");
            yield return new($"{name}/pool", new MaxPooling(3, 1, Padding: 1), input);
            yield return new($"{name}/pool_proj", branch(module, "pool_proj", widths[5], 1), $"{name}/pool");
            yield return new(name, new Concatenation(), $"{name}/1x1", $"{name}/3x3", $"{name}/5x5", $"{name}/pool_proj");
            input = name;
        }
    }

    private static Convolution NormalisedBranch(string module, string branch, int channels, int kernel) =>
        Normalised($"inception{module}.{PathInTorchvision(branch)}", channels, Math.Min(kernel, 3));

    private static Convolution Normalised(string path, int channels, int kernel, int stride = 1) =>
        new($"{path}.conv", channels, kernel, stride, Padding: kernel / 2) { Bias = false, Norm = new($"{path}.bn", 1e-3) };

    private static Convolution BiasedBranch(string module, string branch, int channels, int kernel) =>
        Biased($"inception_{module}/{branch}", channels, kernel);

    private static Convolution Biased(string name, int channels, int kernel, int stride = 1) => new(name, channels, kernel, stride, Padding: kernel / 2);

    private static MaxPooling Pool(int kernel) => new(kernel, 2, CeilMode: true);

    // A mean over the map and then the layer is the same as the layer everywhere and then the mean, which is the objective's.
    private static Convolution Classifier(string weights) => new(weights, 1000, 1, Relu: false) { Dense = true, AnyChannels = true };

    private static string PathInTorchvision(string branch) => branch switch
    {
        "1x1" => "branch1",
        "3x3_reduce" => "branch2.0",
        "3x3" => "branch2.1",
        "5x5_reduce" => "branch3.0",
        "5x5" => "branch3.1",
        "pool" => "branch4.0",
        _ => "branch4.1",
    };

    private static string[] AliasesInTorchvision(string node) => node switch
    {
        "conv1" => ["conv1/7x7_s2"],
        "conv2" => ["conv2/3x3_reduce"],
        "conv3" => ["conv2/3x3"],
        "fc" => ["logits"],
        _ when node.Split('/') is [var module, var branch] => [$"{module.Replace("_", "", StringComparison.Ordinal)}.{PathInTorchvision(branch)}"],
        _ when node.StartsWith("inception_", StringComparison.Ordinal) => [node.Replace("_", "", StringComparison.Ordinal), $"{node}/output"],
        _ => [],
    };

    private static string[] AliasesInCaffe(string node) => node switch
    {
        "loss3/classifier" => ["logits"],
        _ when node.StartsWith("inception_", StringComparison.Ordinal) && !node.Contains('/', StringComparison.Ordinal) => [$"{node}/output"],
        _ => [],
    };
}
