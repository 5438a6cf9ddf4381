using PureHDF;

namespace DreamFarm.Networks.Tests;

/// <summary>keras.applications' Inception v3, written down from its source: the convolutions in the order of its calls.</summary>
internal static class KerasFile
{
    /// <summary>Torchvision's name of each call's convolution and norm, and what it convolves.</summary>
    public static IReadOnlyList<Call> Calls { get; } =
    [
        new("Conv2d_1a_3x3", 3, 32, 3, 3), new("Conv2d_2a_3x3", 32, 32, 3, 3), new("Conv2d_2b_3x3", 32, 64, 3, 3),
        new("Conv2d_3b_1x1", 64, 80, 1, 1), new("Conv2d_4a_3x3", 80, 192, 3, 3),
        .. Fives("Mixed_5b", 192, 32), .. Fives("Mixed_5c", 256, 64), .. Fives("Mixed_5d", 288, 64),
        new("Mixed_6a.branch3x3", 288, 384, 3, 3),
        new("Mixed_6a.branch3x3dbl_1", 288, 64, 1, 1), new("Mixed_6a.branch3x3dbl_2", 64, 96, 3, 3), new("Mixed_6a.branch3x3dbl_3", 96, 96, 3, 3),
        .. Sevens("Mixed_6b", 128), .. Sevens("Mixed_6c", 160), .. Sevens("Mixed_6d", 160), .. Sevens("Mixed_6e", 192),
        new("Mixed_7a.branch3x3_1", 768, 192, 1, 1), new("Mixed_7a.branch3x3_2", 192, 320, 3, 3),
        new("Mixed_7a.branch7x7x3_1", 768, 192, 1, 1), new("Mixed_7a.branch7x7x3_2", 192, 192, 1, 7),
        new("Mixed_7a.branch7x7x3_3", 192, 192, 7, 1), new("Mixed_7a.branch7x7x3_4", 192, 192, 3, 3),
        .. Spread("Mixed_7b", 1280), .. Spread("Mixed_7c", 2048),
    ];

    /// <summary>The variables of such a file without their numbers, in the order of the calls.</summary>
    /// <param name="first">Number of the first convolution and norm; Keras leaves out a zero.</param>
    /// <param name="classes">Of the classifier; null for a file without one.</param>
    public static IEnumerable<KerasVariable> Variables(int first = 1, int? classes = 1000)
    {
        foreach (var (call, i) in Calls.Select((call, i) => (call, i)))
        {
            var number = first + i == 0 ? "" : $"_{first + i}";
            yield return Variable($"conv2d{number}", "kernel", call.Rows, call.Columns, call.Inputs, call.Outputs);
            yield return Variable($"batch_normalization{number}", "beta", call.Outputs);
            yield return Variable($"batch_normalization{number}", "moving_mean", call.Outputs);
            yield return Variable($"batch_normalization{number}", "moving_variance", call.Outputs);
        }

        if (classes is null)
            yield break;
        yield return Variable("predictions", "kernel", 2048, classes.Value);
        yield return Variable("predictions", "bias", classes.Value);
    }

    public static KerasVariable Variable(string layer, string name, params long[] shape) => new(layer, name, shape, WeightElement.Float32, Offset: 0);

    /// <summary>Writes numbers that are called as torchvision calls them as Keras would; its norms have no scale.</summary>
    public static void Write(string path, WeightFile numbers)
    {
        var groups = new List<(string Layer, List<(string Name, H5Dataset Numbers)> Variables)> { ("input_1", []) };
        foreach (var (call, i) in Calls.Select((call, i) => (call, i + 1)))
        {
            var kernel = numbers.Tensors[$"{call.Path}.conv.weight"].ToArray();
            var turned = new float[kernel.Length];
            var place = 0;
            for (var row = 0; row < call.Rows; row++)
            {
                for (var column = 0; column < call.Columns; column++)
                {
                    for (var input = 0; input < call.Inputs; input++)
                    {
                        for (var output = 0; output < call.Outputs; output++)
                            turned[place++] = kernel[((output * call.Inputs + input) * call.Rows + row) * call.Columns + column];
                    }
                }
            }

            groups.Add(($"conv2d_{i}", [("kernel", Dataset(turned, call.Rows, call.Columns, call.Inputs, call.Outputs))]));
            groups.Add(($"batch_normalization_{i}",
            [
                ("beta", Vector($"{call.Path}.bn.bias")),
                ("moving_mean", Vector($"{call.Path}.bn.running_mean")),
                ("moving_variance", Vector($"{call.Path}.bn.running_var")),
            ]));
        }

        var dense = numbers.Tensors["fc.weight"].ToArray();
        var classes = numbers.Tensors["fc.weight"].Shape[0];
        groups.Add(("predictions",
        [
            ("kernel", Dataset([.. Enumerable.Range(0, dense.Length).Select(i => dense[i % classes * 2048 + i / classes])], 2048, classes)),
            ("bias", Vector("fc.bias")),
        ]));

        // Keras lists layers by how deep they lie, which is not the order of the calls.
        new Random(1).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(groups));
        var file = new H5File();
        file.Attributes["layer_names"] = groups.Select(group => group.Layer).ToArray();
        foreach (var (layer, variables) in groups)
        {
            var within = new H5Group();
            foreach (var (name, data) in variables)
                within[$"{name}:0"] = data;
            var group = new H5Group { [layer] = within };
            group.Attributes["weight_names"] = variables.Select(variable => $"{layer}/{variable.Name}:0").ToArray();
            file[layer] = group;
        }
        file.Write(path, new H5WriteOptions(PreferCompactDatasetLayout: false));

        H5Dataset Vector(string tensor) => Dataset(numbers.Tensors[tensor].ToArray(), numbers.Tensors[tensor].Shape[0]);

        static H5Dataset Dataset(float[] data, params int[] shape) => new(data, fileDims: [.. shape.Select(side => (ulong)side)]);
    }

    private static Call[] Fives(string path, int inputs, int pooled) =>
    [
        new($"{path}.branch1x1", inputs, 64, 1, 1),
        new($"{path}.branch5x5_1", inputs, 48, 1, 1), new($"{path}.branch5x5_2", 48, 64, 5, 5),
        new($"{path}.branch3x3dbl_1", inputs, 64, 1, 1), new($"{path}.branch3x3dbl_2", 64, 96, 3, 3), new($"{path}.branch3x3dbl_3", 96, 96, 3, 3),
        new($"{path}.branch_pool", inputs, pooled, 1, 1),
    ];

    private static Call[] Sevens(string path, int narrow) =>
    [
        new($"{path}.branch1x1", 768, 192, 1, 1),
        new($"{path}.branch7x7_1", 768, narrow, 1, 1), new($"{path}.branch7x7_2", narrow, narrow, 1, 7), new($"{path}.branch7x7_3", narrow, 192, 7, 1),
        new($"{path}.branch7x7dbl_1", 768, narrow, 1, 1), new($"{path}.branch7x7dbl_2", narrow, narrow, 7, 1), new($"{path}.branch7x7dbl_3", narrow, narrow, 1, 7),
        new($"{path}.branch7x7dbl_4", narrow, narrow, 7, 1), new($"{path}.branch7x7dbl_5", narrow, 192, 1, 7),
        new($"{path}.branch_pool", 768, 192, 1, 1),
    ];

    private static Call[] Spread(string path, int inputs) =>
    [
        new($"{path}.branch1x1", inputs, 320, 1, 1),
        new($"{path}.branch3x3_1", inputs, 384, 1, 1), new($"{path}.branch3x3_2a", 384, 384, 1, 3), new($"{path}.branch3x3_2b", 384, 384, 3, 1),
        new($"{path}.branch3x3dbl_1", inputs, 448, 1, 1), new($"{path}.branch3x3dbl_2", 448, 384, 3, 3),
        new($"{path}.branch3x3dbl_3a", 384, 384, 1, 3), new($"{path}.branch3x3dbl_3b", 384, 384, 3, 1),
        new($"{path}.branch_pool", inputs, 192, 1, 1),
    ];

    public sealed record Call(string Path, int Inputs, int Outputs, int Rows, int Columns);
}
