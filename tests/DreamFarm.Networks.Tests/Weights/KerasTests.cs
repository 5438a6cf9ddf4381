using PureHDF;

namespace DreamFarm.Networks.Tests;

/// <summary>Keras' .h5, as h5py and as PureHDF write it.</summary>
public class KerasTests
{
    // Written by h5py 3.7 as Keras' own code does it; each number is its place among the file's, times a quarter.
    [Theory]
    [InlineData("weights.h5", WeightElement.Float32)]
    [InlineData("model.h5", WeightElement.Float32)]
    [InlineData("latest-keras3.h5", WeightElement.Float32)]
    [InlineData("chunks-half.h5", WeightElement.Float16)]
    public void What_h5py_wrote_is_read_whatever_its_strings_and_groups_are_like(string name, WeightElement element)
    {
        using var bytes = Golden(name);
        var variables = KerasReader.Read(bytes);
        Assert.Equal(
            ["conv2d_7/kernel [1, 2, 3, 2]", "batch_normalization_7/beta [2]", "batch_normalization_7/moving_mean [2]", "batch_normalization_7/moving_variance [2]", "predictions/kernel [2, 3]", "predictions/bias [3]"],
            variables.Select(variable => $"{variable} {TensorShape.Describe(variable.Shape)}"));
        Assert.All(variables, variable => Assert.Equal(element, variable.Element));
        Assert.Equal(Enumerable.Range(0, 27).Select(number => number / 4f), variables.SelectMany(variable => Read(bytes, variable)));
    }

    [Fact]
    public void A_layer_is_called_as_its_group_is_or_within_a_model_in_the_model_as_its_variables_are()
    {
        // TensorFlow 1 gave variables a second number where their layer was the second of its name; a model used as a layer has one group.
        var file = new H5File
        {
            ["conv2d_3"] = Group("conv2d_3_1/kernel:0"),
            ["inception_v3"] = Group("conv2d_1/kernel:0", "inception_v3/conv2d_2/kernel", "batch_normalization_v1_1/beta:0"),
            ["predictions"] = Group("bias:0"),
        };
        file.Attributes["layer_names"] = new[] { "conv2d_3", "inception_v3", "predictions" };
        using var stream = new MemoryStream();
        file.Write(stream, new H5WriteOptions(PreferCompactDatasetLayout: false));
        Assert.Equal(
            ["conv2d_3/kernel", "conv2d_1/kernel", "conv2d_2/kernel", "batch_normalization_v1_1/beta", "predictions/bias"],
            KerasReader.Read(new MemoryWeightBytes("test", stream.ToArray())).Select(variable => variable.ToString()));

        static H5Group Group(params string[] paths)
        {
            var group = new H5Group();
            foreach (var path in paths)
            {
                var parts = path.Split('/');
                var within = group;
                foreach (var part in parts[..^1])
                {
                    if (!within.TryGetValue(part, out var next))
                        within[part] = next = new H5Group();
                    within = (H5Group)next;
                }
                within[parts[^1]] = new H5Dataset(new float[2]);
            }
            group.Attributes["weight_names"] = paths;
            return group;
        }
    }

    [Fact]
    public void Groups_of_many_layers_are_read_in_their_order()
    {
        using var bytes = Golden("latest-dense.h5");
        Assert.Equal(Enumerable.Range(1, 11).Select(number => $"conv2d_{number}/kernel"), KerasReader.Read(bytes).Select(variable => variable.ToString()));
    }

    [Fact]
    public void Kernels_are_turned_and_matrices_too()
    {
        using var bytes = Golden("weights.h5");
        var variables = KerasReader.Read(bytes);
        using var numbers = new KerasNumbers(bytes);
        var kernel = numbers.Add("kernel", variables[0]);
        var ones = numbers.AddOnes("ones", 3);
        var matrix = numbers.Add("matrix", variables[4]);
        var vector = numbers.Add("vector", variables[5]);
        // [rows 1, columns 2, in 3, out 2] holds 0, 1, 2 ... quarters.
        Assert.Equal([2, 3, 1, 2], kernel.Shape);
        Assert.Equal([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11], kernel.ToArray().Select(number => number * 4));
        Assert.Equal([1f, 1, 1], ones.ToArray());
        Assert.Equal([3, 2], matrix.Shape);
        Assert.Equal([18, 21, 19, 22, 20, 23], matrix.ToArray().Select(number => number * 4));
        Assert.Equal([24, 25, 26], vector.ToArray().Select(number => number * 4));

        // Read in pieces that begin and end anywhere.
        var (whole, piece) = (new byte[numbers.Length], new byte[7]);
        numbers.Read(0, whole);
        for (var offset = whole.Length - piece.Length; offset >= 0; offset--)
        {
            numbers.Read(offset, piece);
            Assert.Equal(whole[offset..(offset + piece.Length)], piece);
        }
    }

    [Fact]
    public void Every_number_of_Inception_v3_lands_where_the_order_of_Keras_calls_says()
    {
        var network = NetworkCatalog.Find("inception_v3")!;
        using var expected = RandomWeights.FileOf(network);
        var folder = Directory.CreateTempSubdirectory("dreamfarm").FullName;
        try
        {
            var (path, portable) = (Path.Combine(folder, "keras.h5"), Path.Combine(folder, "portable.safetensors"));
            KerasFile.Write(path, expected);
            using (var weights = NetworkWeights.Load((string?)null, WeightFile.Open(path)))
            {
                Assert.True(weights.IsCatalogued);
                Assert.Equal("inception_v3", weights.Network.Name);
                foreach (var (name, shape) in new NetworkGeometry(network).Tensors)
                {
                    Assert.Equal(shape, weights[name].Shape);
                    var isScale = name.EndsWith(".bn.weight", StringComparison.Ordinal);
                    var numbers = isScale ? Enumerable.Repeat(1f, shape[0]).ToArray() : expected.Tensors[name].ToArray();
                    Assert.True(numbers.AsSpan().SequenceEqual(weights[name].ToArray()), name);
                }

                // What travels is the same weights, by the same name.
                using (var stream = File.Create(portable))
                {
                    var bytes = new byte[weights.PortableLength];
                    weights.ReadPortable(0, bytes);
                    stream.Write(bytes);
                }
                using var travelled = NetworkWeights.Load("inception_v3", WeightFile.OpenPortable(portable, "test"));
                Assert.Equal(weights.Sha256, travelled.Sha256);
            }

            var message = Assert.Throws<WeightsException>(() => NetworkWeights.Load("googlenet", WeightFile.Open(path))).Message;
            Assert.EndsWith("is missing; they look like weights of inception_v3.", message, StringComparison.Ordinal);
            Assert.StartsWith($"{path}: it does not hold weights of googlenet: ", message, StringComparison.Ordinal);

            using (var stream = File.OpenWrite(path))
                stream.SetLength(stream.Length - 5_000_000);
            Refuse("it was cut short", () => WeightFile.Open(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 1000)]
    [InlineData(95, 365)]
    [InlineData(1, null)]
    public void Layers_count_from_any_number_and_the_classifier_may_be_another_or_missing(int first, int? classes)
    {
        var variables = KerasFile.Variables(first, classes).ToArray();
        new Random(first).Shuffle(variables);
        var tensors = Read(variables).ToDictionary(tensor => tensor.Name);
        Assert.Equal(94, KerasFile.Calls.Count);
        Assert.Equal((94 * 5) + (classes is null ? 0 : 2), tensors.Count);
        foreach (var call in KerasFile.Calls)
            Assert.Equal([call.Outputs, call.Inputs, call.Rows, call.Columns], tensors[$"{call.Path}.conv.weight"].Shape);
        if (classes is not null)
            Assert.Equal([classes.Value, 2048], tensors["fc.weight"].Shape);
    }

    [Fact]
    public void A_scale_is_taken_where_a_norm_has_one()
    {
        var scales = KerasFile.Calls.Select((call, i) => KerasFile.Variable($"batch_normalization_{i + 1}", "gamma", call.Outputs) with { Element = WeightElement.Float64 });
        var tensors = Read([.. KerasFile.Variables(), .. scales]);
        Assert.Equal(94, tensors.Count(tensor => tensor.Name.EndsWith(".bn.weight", StringComparison.Ordinal) && tensor.Element == WeightElement.Float64));
    }

    [Fact]
    public void What_is_not_Inception_v3_is_refused_with_the_layer_that_shows_it()
    {
        var sound = KerasFile.Variables().ToArray();
        Refuse("the one network that is read from .h5: that has 94 layers conv2d and as many batch_normalization, this file 93 and 94; export other networks to ONNX.", () => Read(Without("conv2d_17")));
        Refuse("this file 94 and 95", () => Read([.. sound, KerasFile.Variable("batch_normalization", "beta", 3)]));
        Refuse("this file 0 and 0", () => Read([]));
        Refuse("its batch_normalization_40/beta has the shape [7], where Keras' Inception v3 has [192].", () => Read(Other("batch_normalization_40", "beta", 7)));
        // Two calls in the wrong order.
        Refuse("its conv2d_33/kernel has the shape [7, 1, 128, 192], where Keras' Inception v3 has [1, 7, 128, 128].", () => Read(Other("conv2d_33", "kernel", 7, 1, 128, 192)));
        Refuse("its predictions/kernel has the shape [1024, 1000], where Keras' Inception v3 has [2048, 1000].", () => Read(Other("predictions", "kernel", 1024, 1000)));
        Refuse("its predictions/kernel has the shape []", () => Read(Other("predictions", "kernel")));
        Refuse("its predictions/bias has the shape [365]", () => Read(Other("predictions", "bias", 365)));
        Refuse("its layer batch_normalization_2 has no moving_variance.", () => Read([.. sound.Where(variable => variable.ToString() != "batch_normalization_2/moving_variance")]));
        Refuse("its conv2d_94 has a bias", () => Read([.. sound, KerasFile.Variable("conv2d_94", "bias", 192)]));
        Refuse("it holds two variables conv2d_1/kernel.", () => Read([.. sound, sound[0]]));

        KerasVariable[] Without(string layer) => [.. sound.Where(variable => variable.Layer != layer)];

        KerasVariable[] Other(string layer, string name, params long[] shape) =>
            [.. sound.Select(variable => (variable.Layer, variable.Name) == (layer, name) ? variable with { Shape = shape } : variable)];
    }

    [Theory]
    [InlineData("weights.h5", "this file 1 and 1; export other networks to ONNX.")]
    [InlineData("not-keras.h5", "it is an HDF5 file, but no model or weights that Keras saved: it has no list layer_names.")]
    [InlineData("keras3-weights.h5", "it is a .weights.h5 of Keras 3, which does not say what its layers are called; load it in Keras and model.save it as .h5.")]
    [InlineData("numbers-for-names.h5", "its list layer_names is no list of up to 4096 names.")]
    [InlineData("chunks.h5", "do not lie in one piece, as Keras writes them; h5repack --layout=CONTI --filter=NONE puts them so.")]
    [InlineData("never-written.h5", "the numbers of its variable conv2d/kernel:0 are not in the file itself.")]
    [InlineData("external-numbers.h5", "the numbers of its variable conv2d/kernel:0 are not in the file itself.")]
    [InlineData("external-link.h5", "its HDF5 structure cannot be read")]
    [InlineData("big-endian.h5", "its HDF5 structure cannot be read")]
    [InlineData("group-for-variable.h5", "its variable conv2d/kernel:0 is no data set.")]
    [InlineData("counter.h5", "this file 0 and 0")]
    [InlineData("soft-links-in-circles.h5", "what it holds is nested too deeply, or in itself.")]
    [InlineData("link-to-itself.h5", "what it holds is nested too deeply, or in itself.")]
    public void What_Keras_does_not_write_is_refused_in_one_sentence(string name, string because) => Refuse(because, () => WeightFile.Open(Golden(name)));

    [Fact]
    public void A_file_that_was_cut_short_says_so()
    {
        var content = File.ReadAllBytes(PathOf("weights.h5"));
        for (var length = 100; length < content.Length; length += 97)
            Refuse("cut short", () => WeightFile.Open(new MemoryWeightBytes("test", content.AsMemory(0, length))));
    }

    private static MemoryWeightBytes Golden(string name) => new("test", File.ReadAllBytes(PathOf(name)));

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "h5", name);

    private static List<WeightTensor> Read(IReadOnlyList<KerasVariable> variables) => KerasInceptionV3.Read(new MemoryWeightBytes("test", default), variables, out _);

    private static void Refuse(string because, Action read)
    {
        var message = Assert.Throws<WeightsException>(read).Message;
        Assert.Contains(because, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static IEnumerable<float> Read(IWeightBytes bytes, KerasVariable variable) =>
        new WeightTensor(bytes, variable.Name, [(int)variable.Shape.Aggregate(1L, (count, side) => count * side)], variable.Element, variable.Offset).ToArray();
}
