using System.Security.Cryptography;

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
    public void The_built_in_weights_are_the_prototype_rounded_to_half_precision()
    {
        using var original = WeightFile.Open(Shared.Model("motif_prototype.safetensors"));
        using var builtIn = WeightFile.OpenBuiltIn(Motif)!;
        Assert.Equal(original.Tensors.Keys.Order(), builtIn.Tensors.Keys.Order());
        foreach (var (name, tensor) in original.Tensors)
            Assert.Equal(tensor.ToArray().Select(value => (float)(Half)value), builtIn.Tensors[name].ToArray());
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
}
