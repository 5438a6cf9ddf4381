using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>
/// Gives the variables of keras.applications' InceptionV3 torchvision's names. Its layers have none that say where they stand: they are numbered as the source
/// makes them (<c>conv2d_1</c> to <c>conv2d_94</c>, or from any other number on), which is the order that our description has its convolutions in.
/// Keras' norms have no scale, which is then 1.
/// </summary>
internal static class KerasInceptionV3
{
    private const string Convolutions = "conv2d";
    private const string Norms = "batch_normalization";

    // TensorFlow 1 called them so for a while.
    private const string OldNorms = "batch_normalization_v1";
    private const string Classifier = "predictions";

    /// <param name="numbers">What the tensors lie in.</param>
    /// <exception cref="WeightsException">They are not those of Inception v3.</exception>
    public static List<WeightTensor> Read(IWeightBytes bytes, IReadOnlyList<KerasVariable> variables, out IWeightBytes numbers)
    {
        var layers = GroupByLayer(bytes, variables);
        var network = NetworkCatalog.Find("inception_v3")!;
        var shapes = new NetworkGeometry(network).Tensors;
        var units = network.Nodes.Select(node => node.Operation).OfType<Convolution>().Where(convolution => convolution.Norm is not null).ToArray();
        var convolutions = InOrder(layers, Convolutions);
        var norms = InOrder(layers, Norms, OldNorms);
        if (convolutions.Length != units.Length || norms.Length != units.Length)
        {
            throw new WeightsException(
                bytes.Name,
                $"it does not hold weights of Keras' Inception v3, the one network that is read from .h5: that has {units.Length} layers {Convolutions} and as many {Norms}, this file {convolutions.Length} and {norms.Length}; export other networks to ONNX.");
        }

        var kept = new KerasNumbers(bytes);
        var tensors = new List<WeightTensor>();
        foreach (var (unit, convolution, norm) in units.Zip(convolutions, norms))
        {
            Add($"{unit.Weights}.weight", convolution, "kernel");
            if (norm.Variables.ContainsKey("gamma"))
                Add($"{unit.Norm!.Weights}.weight", norm, "gamma");
            else
                tensors.Add(kept.AddOnes($"{unit.Norm!.Weights}.weight", unit.Channels));
            Add($"{unit.Norm.Weights}.bias", norm, "beta");
            Add($"{unit.Norm.Weights}.running_mean", norm, "moving_mean");
            Add($"{unit.Norm.Weights}.running_var", norm, "moving_variance");
            if (convolution.Variables.ContainsKey("bias"))
                throw new WeightsException(bytes.Name, $"its {convolution.Name} has a bias, so it is none of Keras' Inception v3.");
        }

        if (layers.TryGetValue(Classifier, out var classifier))
        {
            var last = new Layer(Classifier, classifier);
            var fullyConnected = network.Nodes.Select(node => node.Operation).OfType<Convolution>().Single(convolution => convolution.AnyChannels);
            Add($"{fullyConnected.Weights}.weight", last, "kernel");
            Add($"{fullyConnected.Weights}.bias", last, "bias");
        }

        numbers = kept;
        return tensors;

        void Add(string name, Layer layer, string variable)
        {
            var found = layer.Variables.GetValueOrDefault(variable) ?? throw new WeightsException(bytes.Name, $"its layer {layer.Name} has no {variable}.");
            long[] needed = shapes[name] switch
            {
                [var outputs, var inputs, var rows, var columns] => [rows, columns, inputs, outputs],
                [var classes, var inputs] => [inputs, found.Shape is [_, var own] ? own : classes],
                [_] when layer.Name == Classifier => [layer.Variables["kernel"].Shape[^1]],
                [var outputs] => [outputs],
                _ => throw new InvalidOperationException($"{name} has {shapes[name].Length} sides."),
            };
            if (!found.Shape.SequenceEqual(needed))
                throw new WeightsException(bytes.Name, $"its {found} has the shape {TensorShape.Describe(found.Shape)}, where Keras' Inception v3 has {TensorShape.Describe(needed)}.");
            tensors.Add(kept.Add(name, found));
        }
    }

    private static Dictionary<string, Dictionary<string, KerasVariable>> GroupByLayer(IWeightBytes bytes, IReadOnlyList<KerasVariable> variables)
    {
        var layers = new Dictionary<string, Dictionary<string, KerasVariable>>(StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            if (!layers.TryGetValue(variable.Layer, out var layer))
                layers.Add(variable.Layer, layer = new(StringComparer.Ordinal));
            if (!layer.TryAdd(variable.Name, variable))
                throw new WeightsException(bytes.Name, $"it holds two variables {variable}.");
        }

        return layers;
    }

    /// <summary>The layers of a kind in the order of their numbers; the first may have none.</summary>
    private static Layer[] InOrder(Dictionary<string, Dictionary<string, KerasVariable>> layers, params string[] kinds) =>
        [.. layers.Select(layer => (Layer: new Layer(layer.Key, layer.Value), Number: NumberOf(layer.Key, kinds)))
            .Where(layer => layer.Number is not null)
            .OrderBy(layer => layer.Number)
            .Select(layer => layer.Layer)];

    private static int? NumberOf(string layer, string[] kinds)
    {
        foreach (var kind in kinds)
        {
            if (layer == kind)
                return 0;
            if (layer.StartsWith($"{kind}_", StringComparison.Ordinal) && int.TryParse(layer.AsSpan(kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        }

        return null;
    }

    private sealed record Layer(string Name, Dictionary<string, KerasVariable> Variables);
}
