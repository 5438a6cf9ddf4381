using System.Security.Cryptography;
using System.Text.Json;

namespace DreamFarm.Networks.Tests;

public class NetworkWeightsTests
{
    private static readonly NetworkDescription Motif = NetworkCatalog.Find("motif")!;
    private static readonly NetworkDescription SqueezeNet = NetworkCatalog.Find("squeezenet1_0")!;

    [Fact]
    public void The_built_in_network_brings_every_tensor_it_needs()
    {
        using var weights = NetworkWeights.Load(Motif, WeightFile.OpenBuiltIn(Motif)!);
        foreach (var (name, shape) in new NetworkGeometry(Motif).Tensors)
        {
            Assert.Equal(shape, weights[name].Shape);
            Assert.Contains(weights[name].ToArray(), value => value != 0);
        }

        Assert.Matches("^[0-9a-f]{64}$", weights.Sha256);
    }

    [Fact]
    public void The_built_in_weights_are_small_and_say_how_they_were_trained()
    {
        using var file = WeightFile.OpenBuiltIn(Motif)!;
        Assert.InRange(file.Tensors.Values.Sum(tensor => (long)tensor.Count * 2), 1_000_000, 3_000_000);
        Assert.All(file.Tensors.Values, tensor => Assert.Equal(WeightElement.Float16, tensor.Element));
        using var training = JsonDocument.Parse(file.Metadata["dreamfarm.training"]);
        Assert.Equal(Motif.Classes, training.RootElement.GetProperty("classes").EnumerateArray().Select(name => name.GetString()!));
        Assert.InRange(training.RootElement.GetProperty("accuracy").GetDouble(), 0.92, 1);
        Assert.Matches("^[0-9a-f]{40}$", training.RootElement.GetProperty("commit").GetString());
        Assert.True(training.RootElement.GetProperty("recipe").TryGetProperty("seed", out _));
    }

    [Fact]
    public void Weights_of_another_network_are_refused_by_the_name_they_should_have()
    {
        var message = Assert.Throws<WeightsException>(() => NetworkWeights.Load(SqueezeNet, WeightFile.OpenBuiltIn(Motif)!)).Message;
        Assert.Equal(
            "the built-in weights of motif: it does not hold weights of squeezenet1_0: tensor \"features.0.weight\" is missing; they look like weights of motif.",
            message);
    }

    [Fact]
    public void Weights_without_a_classifier_are_those_of_the_network_without_it()
    {
        var headless = SqueezeNet with { Nodes = [.. SqueezeNet.Nodes.Where(node => node.Name != "conv10")], Layers = [.. SqueezeNet.Layers.Where(layer => layer.Name != "conv10")] };
        using var weights = NetworkWeights.Load("squeezenet1_0", RandomWeights.FileOf(headless));
        Assert.Equal("fire9", weights.Network.Nodes[^1].Name);
        Assert.Null(weights.Network.FindLayer("logits"));
        Assert.False(weights.IsCatalogued);
    }

    [Fact]
    public void A_network_takes_any_number_of_classes_but_only_there()
    {
        using var weights = NetworkWeights.Load("squeezenet1_0", RandomWeights.FileOf(SqueezeNet with { Nodes = [.. SqueezeNet.Nodes.Select(Other("conv10", 365))] }));
        Assert.Equal(365, new NetworkGeometry(weights.Network)["conv10"].Channels);

        var wrong = SqueezeNet with { Nodes = [.. SqueezeNet.Nodes.Select(Other("conv1", 95))] };
        Assert.Contains("\"features.0.weight\" has the shape [95, 3, 7, 7] instead of [96, 3, 7, 7]", Assert.Throws<WeightsException>(() => NetworkWeights.Load("squeezenet1_0", RandomWeights.FileOf(wrong))).Message, StringComparison.Ordinal);

        static Func<Node, Node> Other(string name, int channels) => node => node.Name == name ? node with { Operation = (Convolution)node.Operation with { Channels = channels } } : node;
    }

    [Fact]
    public void Classes_keep_their_names_only_where_there_are_as_many()
    {
        using var same = NetworkWeights.Load("motif", WeightFile.OpenBuiltIn(Motif)!);
        Assert.True(same.IsCatalogued);
        Assert.Equal(Motif.Classes!.Count, new NetworkGeometry(same.Network)["logits"].Channels);

        var fewer = Motif with { Nodes = [.. Motif.Nodes.Select(node => node.Operation is Convolution { AnyChannels: true } all ? node with { Operation = all with { Channels = 3 } } : node)] };
        using var three = NetworkWeights.Load("motif", RandomWeights.FileOf(fewer));
        Assert.Equal(3, new NetworkGeometry(three.Network)["logits"].Channels);
        Assert.Null(three.Network.Classes);

        var headless = Motif with { Nodes = [.. Motif.Nodes.Where(node => node.Name != "logits")], Layers = [.. Motif.Layers.Where(layer => layer.Name != "logits")] };
        using var none = NetworkWeights.Load("motif", RandomWeights.FileOf(headless));
        Assert.Null(none.Network.FindLayer("logits"));
        Assert.Null(none.Network.Classes);
    }

    [Fact]
    public void A_classifier_of_more_classes_than_there_are_is_refused_like_any_wrong_shape()
    {
        // A tensor without numbers can claim any number of rows.
        var file = SafetensorsTests.Open(SafetensorsTests.Build("""{"classifier.1.weight":{"dtype":"F32","shape":[2000000,0],"data_offsets":[0,0]}}""", []));
        Assert.Contains("it does not hold weights of squeezenet1_0", Assert.Throws<WeightsException>(() => NetworkWeights.Load(SqueezeNet, file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_another_shape_or_kind_is_named()
    {
        Assert.Contains(
            "tensor \"conv1.weight\" has the shape [8] instead of [24, 3, 7, 7].",
            Refuse("""{"conv1.weight":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}""", 32),
            StringComparison.Ordinal);
        Assert.Contains(
            "tensor \"conv1.weight\" holds integers",
            Refuse("""{"conv1.weight":{"dtype":"I8","shape":[24,3,7,7],"data_offsets":[0,3528]}}""", 3528),
            StringComparison.Ordinal);

        static string Refuse(string header, int bytes) => Assert.Throws<WeightsException>(
            () => NetworkWeights.Load(Motif, SafetensorsTests.Open(SafetensorsTests.Build(header, new byte[bytes])))).Message;
    }

    [Theory]
    [InlineData("resnet50")]
    [InlineData("resnet101")]
    [InlineData("vgg16")]
    [InlineData("vgg19")]
    [InlineData("googlenet")]
    [InlineData("bvlc_googlenet")]
    [InlineData("squeezenet1_1")]
    public void Whose_weights_a_file_holds_its_tensors_say(string network)
    {
        // ResNet-101 has every tensor of ResNet-50, and is not taken for it.
        using var file = Zeros(NetworkCatalog.Find(network)!);
        using var weights = NetworkWeights.Load(network: (string?)null, file);
        Assert.Equal(network, weights.Network.Name);
        Assert.False(weights.IsDescribedByFile);
        Assert.True(weights.IsCatalogued);
    }

    [Fact]
    public void Tensors_of_two_networks_leave_it_to_the_user()
    {
        using var file = Zeros(NetworkCatalog.Find("resnet50")!, NetworkCatalog.Find("squeezenet1_1")!);
        var message = Assert.Throws<WeightsException>(() => NetworkWeights.Load(network: (string?)null, file)).Message;
        Assert.EndsWith("its tensors can be those of resnet50 or squeezenet1_1; say with --network which.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_network_travels_with_its_description()
    {
        using var motif = NetworkWeights.Load(Motif, WeightFile.OpenBuiltIn(Motif)!);
        using var studio = motif.Rename("studio");
        Assert.NotEqual(motif.Sha256, studio.Sha256);
        var portable = new byte[studio.PortableLength];
        studio.ReadPortable(0, portable);
        using var arrived = NetworkWeights.Load(network: (string?)null, SafetensorsTests.Open(portable));
        Assert.Equal(("studio", studio.Sha256), (arrived.Network.Name, arrived.Sha256));
        Assert.True(arrived.IsDescribedByFile);
        Assert.Null(arrived.Network.BuiltInWeights);
        Assert.Throws<ArgumentException>(() => motif.Rename("../studio"));
    }

    [Fact]
    public void A_caffemodel_of_another_number_of_classes_is_GoogLeNet_s_all_the_same()
    {
        // The form of 2014, as Places365's was written too.
        var network = NetworkCatalog.Find("bvlc_googlenet")!;
        var net = CaffeFile.Message.Text(1, "GoogLeNet");
        foreach (var convolution in network.Nodes.Select(node => node.Operation).OfType<Convolution>())
        {
            var shape = new NetworkGeometry(network).Tensors[$"{convolution.Weights}.weight"];
            bool classifier = convolution.AnyChannels;
            long[] sizes = classifier ? [1, 1, 365, shape[1]] : [.. shape.Select(side => (long)side)];
            net.OldLayer(
                convolution.Weights,
                classifier ? 14 : 4,
                CaffeFile.OldBlob(sizes).Packed(5, new float[sizes.Aggregate(1L, (product, side) => product * side)]),
                CaffeFile.OldBlob(1, 1, 1, sizes[classifier ? 2 : 0]).Packed(5, new float[sizes[classifier ? 2 : 0]]));
        }

        using var weights = NetworkWeights.Load(network: (string?)null, SafetensorsTests.Open(net.ToArray()));
        Assert.Equal("bvlc_googlenet", weights.Network.Name);
        Assert.False(weights.IsCatalogued);
        Assert.Equal([365, 1024], weights["loss3/classifier.weight"].Shape);
        Assert.Equal(365, new NetworkGeometry(weights.Network)[weights.Network.FindLayer("logits")!.Name].Channels);
    }

    [Fact]
    public void Real_SqueezeNet_weights_load_and_are_known_by_the_hash_of_their_file()
    {
        var path = Shared.Model("squeezenet1_0.safetensors");
        using var weights = NetworkWeights.Load(SqueezeNet, WeightFile.Open(path));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), weights.Sha256);
        Assert.Equal(52, new NetworkGeometry(SqueezeNet).Tensors.Count);
    }

    [Fact]
    public void A_file_that_is_missing_a_folder_or_no_weights_is_named_in_one_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("dreamfarm").FullName;
        try
        {
            var text = Path.Combine(folder, "text.safetensors");
            File.WriteAllText(text, "these are no weights at all");
            Assert.Equal($"{folder}/none.pth: there is no such weights file.", Refuse(Path.Combine(folder, "none.pth")));
            Assert.Equal($"{folder}: it is a folder, not a weights file.", Refuse(folder));
            Assert.StartsWith($"{text}: it is n", Refuse(text), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static string Refuse(string path) => Assert.Throws<WeightsException>(() => WeightFile.Open(path)).Message;
    }

    /// <summary>A file of zeros, none of which takes room, with every tensor of some networks.</summary>
    private static WeightFile Zeros(params NetworkDescription[] networks)
    {
        long end = 0;
        var entries = networks.SelectMany(network => new NetworkGeometry(network).Tensors).DistinctBy(tensor => tensor.Key).Select(tensor =>
            $$$"""{{{System.Text.Json.JsonSerializer.Serialize(tensor.Key)}}}:{"dtype":"F16","shape":[{{{string.Join(',', tensor.Value)}}}],"data_offsets":[{{{end}}},{{{end += 2L * tensor.Value.Aggregate(1, (product, side) => product * side)}}}]}""");
        var header = $"{{{string.Join(',', entries)}}}";
        return WeightFile.Open(new ZeroBytes(SafetensorsTests.Build(header, []), end));
    }

    private sealed class ZeroBytes(byte[] start, long zeros) : IWeightBytes
    {
        public string Name => "test";

        public long Length => start.Length + zeros;

        public void Read(long offset, Span<byte> destination)
        {
            destination.Clear();
            if (offset < start.Length)
                start.AsSpan((int)offset, (int)Math.Min(destination.Length, start.Length - offset)).CopyTo(destination);
        }

        public void Dispose()
        {
        }
    }
}
