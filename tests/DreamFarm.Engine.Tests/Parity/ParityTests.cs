using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests.Parity;

/// <summary>
/// Every network of the catalogue against torchvision, both with the same random weights on the same canvas; bvlc_googlenet
/// against its graph in plain PyTorch. What PyTorch computed lies in Goldens/: see goldens.py.
/// </summary>
public sealed class ParityTests
{
    public static TheoryData<string> Networks => [.. NetworkCatalog.All.Where(network => network.BuiltInWeights is null).Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_layer_is_torchvisions_to_1e_4(string name)
    {
        NetworkDescription network = NetworkCatalog.Find(name)!;
        using var golden = new Golden(name);
        Assert.Equal(network.Layers.Select(layer => layer.Name).Order(), golden.Layers.Order());

        using NetworkWeights weights = RandomWeights.Of(network, Golden.Classes);
        (int height, int width) = golden.LayersCanvas;
        var errors = new Dictionary<string, double>();
        Harness.Forward(weights, EnginePrecision.Float32, height, width, Golden.Canvas(height, width), (layer, shape, values) => errors[layer] = golden.LayerError(layer, shape, values));

        (string worst, double error) = errors.MaxBy(pair => pair.Value);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {errors.Count} layers, largest error {error:0.0e-0} in {worst}");
        Assert.Equal(network.Layers.Count, errors.Count);
        Assert.True(error <= 1e-4, $"{worst} differs by {error:0.0e-0}.");
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_gradient_is_torchvisions_to_1e_6_in_float64_and_its_direction_in_float32(string name)
    {
        using var golden = new Golden(name);
        Assert.NotEmpty(golden.Objectives);
        foreach (string objective in golden.Objectives)
        {
            (double error, _) = Harness.CompareGradient(golden, name, objective, EnginePrecision.Float64);
            (_, double cosine) = Harness.CompareGradient(golden, name, objective, EnginePrecision.Float32);
            TestContext.Current.TestOutputHelper?.WriteLine($"{name} {objective}: float64 error {error:0.0e-0}, float32 1 - cosine {1 - cosine:0.0e-0}");
            Assert.True(error <= 1e-6, $"{objective}: the float64 gradient differs by {error:0.0e-0}.");
            Assert.True(cosine >= 0.9999, $"{objective}: the float32 gradient has a cosine of {cosine}.");
        }
    }
}
