using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Training.Tests;

public sealed class TrainableNetworkTests
{
    private static readonly string[] Classes = ["one", "two", "three"];

    [Fact]
    public void Folding_the_normalisations_gives_the_same_logits()
    {
        using var scope = torch.NewDisposeScope();
        using var unrecorded = torch.no_grad();
        using var network = new TrainableNetwork(SmallNetwork.Description, Classes, torch.CPU, seed: 1);
        var draws = new Draws(3);
        foreach (var values in network.Offsets.Concat(network.Statistics))
        {
            var drawn = new float[values.Count];
            foreach (ref var value in drawn.AsSpan())
                value = draws.Uniform(0.3f, 2);
            values.Write(drawn);
        }

        var pixels = new float[2 * 24 * 24 * 3];
        draws.AddNoise(pixels, 0.5f);
        var input = TensorValues.Make(pixels, [2, 24, 24, 3]).permute(0, 3, 1, 2);
        network.Train(false);
        var expected = TensorValues.Read(network.Forward(input));

        var path = Path.GetTempFileName();
        try
        {
            Networks.SafetensorsWriter.Write(path, Networks.WeightElement.Float32, new Dictionary<string, string>(), network.Export());
            using var weights = Networks.NetworkWeights.Load(network.Description, Networks.WeightFile.Open(path));
            using var folded = new TrainableNetwork(weights.Network, Classes, torch.CPU, seed: 2);
            folded.Train(false);
            Assert.NotEqual(expected, TensorValues.Read(folded.Forward(input)));
            folded.Take(weights);
            var actual = TensorValues.Read(folded.Forward(input));
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * (1 + Math.Abs(pair.First))));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Weights_of_other_classes_are_normalised_by_new_pictures_and_compute_the_same()
    {
        using var scope = torch.NewDisposeScope();
        using var unrecorded = torch.no_grad();
        using var weights = NetworkWeights.Load("motif", WeightFile.OpenBuiltIn(NetworkCatalog.Default)!);
        using var network = new TrainableNetwork(NetworkCatalog.Default, Classes, torch.CPU, seed: 1);
        var pixels = new float[2 * 48 * 48 * 3];
        new Draws(3).AddNoise(pixels, 0.5f);
        var input = TensorValues.Make(pixels, [2, 48, 48, 3]).permute(0, 3, 1, 2);
        network.Train(false);
        var random = TensorValues.Read(network.Forward(input));
        network.Begin(weights);
        var expected = TensorValues.Read(network.Forward(input));
        Assert.NotEqual(expected, random);

        network.Renormalise([input]);
        AssertNear(expected, TensorValues.Read(network.Forward(input)));
        // Batches are now normalised to what the weights are used to.
        network.Train(true);
        AssertNear(expected, TensorValues.Read(network.Forward(input)));
    }

    [Fact]
    public void Weights_of_another_network_are_no_beginning()
    {
        using var weights = NetworkWeights.Load("motif", WeightFile.OpenBuiltIn(NetworkCatalog.Default)!);
        using var network = new TrainableNetwork(SmallNetwork.Description, Classes, torch.CPU, seed: 1);
        Assert.Contains("conv1.weight", Assert.Throws<ArgumentException>(() => network.Begin(weights)).Message);
    }

    private static void AssertNear(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * (1 + Math.Abs(pair.First))));

    [Fact]
    public void Activations_stay_channels_last_in_memory()
    {
        using var scope = torch.NewDisposeScope();
        using var convolution = new TrainableConvolution(new Networks.Convolution("c", 8, 3, Padding: 1), 3, torch.CPU, new Draws(1));
        var input = torch.full([2, 8, 8, 3], 0.5, torch.ScalarType.Float32).permute(0, 3, 1, 2);
        Assert.True(convolution.Forward(input).permute(0, 2, 3, 1).is_contiguous());
    }
}
