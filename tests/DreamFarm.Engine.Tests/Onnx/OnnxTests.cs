using DreamFarm.Engine.Tests.Parity;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests.Onnx;

/// <summary>
/// ONNX models node by node against the values that models.py has computed with PyTorch: small ones, which are committed,
/// with every operator in them, and a few of torchvision's, exported while the test runs.
/// </summary>
public sealed class OnnxTests
{
    private static string Folder => Path.Combine(Shared.Repository, "tests", "DreamFarm.Engine.Tests", "Onnx");

    public static TheoryData<string> Models => [.. Directory.GetFiles(Path.Combine(Folder, "Models"), "*.onnx").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_node_of_a_small_model_computes_what_it_should(string name) => Compare(Path.Combine(Folder, "Models"), name);

    [Theory]
    [InlineData("squeezenet1_1", 7)]
    [InlineData("mobilenet_v3_small", 14)]
    [InlineData("mnasnet0_5", 17)]
    public async Task Every_node_of_a_network_exported_from_torchvision_computes_what_it_should(string name, int opset)
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/torchvision"), "python3-torchvision is not installed.");
        var folder = Directory.CreateTempSubdirectory("dreamfarm-onnx-");
        try
        {
            string script = await File.ReadAllTextAsync(Path.Combine(Folder, "models.py"), TestContext.Current.CancellationToken);
            await Shared.PythonAsync($"__file__ = \"{Path.Combine(Folder, "models.py")}\"\n{script}", "torchvision", folder.FullName, name, $"{opset}");
            Compare(folder.FullName, name);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_node_of_other_models_computes_what_it_should()
    {
        string? folder = Environment.GetEnvironmentVariable("DREAMFARM_ONNX_MODELS");
        Assert.SkipWhen(folder is null, "DREAMFARM_ONNX_MODELS names no folder with models, and values of their nodes, from models.py.");
        Assert.All(Directory.GetFiles(folder, "*.onnx"), model => Compare(folder, Path.GetFileNameWithoutExtension(model)));
    }

    [Fact]
    public void What_travels_is_read_as_the_same_network_without_onnx()
    {
        foreach (string model in Models.Select(row => row.Data))
        {
            using NetworkWeights weights = Load(Path.Combine(Folder, "Models", $"{model}.onnx"));
            string path = Path.GetTempFileName();
            try
            {
                var bytes = new byte[weights.PortableLength];
                weights.ReadPortable(0, bytes);
                File.WriteAllBytes(path, bytes);
                using NetworkWeights travelled = NetworkWeights.Load((string?)null, WeightFile.OpenPortable(path, "travelled"));
                Assert.Equal(weights.Sha256, travelled.Sha256);
                Assert.Equal(NetworkDescriptionJson.Write(weights.Network), NetworkDescriptionJson.Write(travelled.Network));
                foreach (string tensor in new NetworkGeometry(weights.Network).Tensors.Keys)
                    Assert.Equal(weights[tensor].ToArray(), travelled[tensor].ToArray());
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    private static NetworkWeights Load(string path) => NetworkWeights.Load((string?)null, WeightFile.Open(path));

    private static void Compare(string folder, string name)
    {
        using NetworkWeights weights = Load(Path.Combine(folder, $"{name}.onnx"));
        using var golden = WeightFile.Open(Path.Combine(folder, $"{name}.safetensors"));
        WeightTensor canvas = golden.Tensors["canvas"];
        (int height, int width) = (canvas.Shape[1], canvas.Shape[2]);
        var (worst, compared) = (("", 0.0), new HashSet<string> { "canvas" });
        Harness.Forward(weights, EnginePrecision.Float32, height, width, Rows(canvas), (layer, shape, values) =>
        {
            double[] ours = values.ToArray();
            if (!golden.Tensors.TryGetValue(layer, out WeightTensor? expected))
            {
                if (!golden.Tensors.TryGetValue($"mean/{layer}", out expected))
                    return;
                int cells = (int)(shape[1] * shape[2]);
                ours = [.. ours.Chunk(cells).Select(cell => cell.Average())];
                shape = [shape[0], 1, 1];
            }

            compared.Add(expected.Name);
            Assert.True(shape.SequenceEqual(expected.Shape.Select(side => (long)side)), $"{layer} is [{string.Join(", ", shape)}] instead of [{string.Join(", ", expected.Shape)}].");
            float[] theirs = expected.ToArray();
            double error = Math.Sqrt(ours.Zip(theirs, (a, b) => (a - b) * (a - b)).Sum() / Math.Max(theirs.Sum(b => (double)b * b), 1e-12));
            if (!(error <= worst.Item2))
                worst = (layer, error);
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {compared.Count - 1} nodes, largest error {worst.Item2:0.0e-0} in {worst.Item1}");
        Assert.Empty(golden.Tensors.Keys.Except(compared));
        Assert.True(worst.Item2 <= 1e-4, $"{worst.Item1} differs by {worst.Item2:0.0e-0}.");
    }

    /// <summary>[3, H, W] of whole numbers as the canvas has them, [H][3][W].</summary>
    private static short[] Rows(WeightTensor canvas)
    {
        (int height, int width) = (canvas.Shape[1], canvas.Shape[2]);
        float[] planes = canvas.ToArray();
        var rows = new short[planes.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            (int line, int x) = Math.DivRem(i, width);
            (int y, int c) = Math.DivRem(line, 3);
            rows[i] = (short)planes[(c * height + y) * width + x];
        }

        return rows;
    }
}
