using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>One node of an ONNX graph while it is translated: what it is given, and where its translation goes.</summary>
/// <param name="translation">The graph.</param>
/// <param name="node">The node in the file.</param>
/// <param name="name">What the network calls it.</param>
internal sealed class OnnxCall(OnnxTranslation translation, OnnxNode node, string name)
{
    /// <summary>What the network calls the node; also the prefix of its tensors.</summary>
    public string Name => name;

    /// <summary>The version of the operators.</summary>
    public long Opset => translation.Opset;

    /// <summary>Inputs that are given.</summary>
    public int InputCount => node.Inputs.Count;

    /// <summary>The node in the file.</summary>
    public OnnxNode Node => node;

    /// <summary>Whether an optional input is given.</summary>
    public bool Has(int input) => input < node.Inputs.Count && node.Inputs[input].Length > 0;

    /// <summary>An input, whatever it is.</summary>
    public OnnxValue Value(int input) => Has(input) ? translation.Find(this, node.Inputs[input]) : throw Refuse($"lacks its input {input + 1}");

    /// <summary>An input that comes from the picture, in any layout.</summary>
    public OnnxMap AnyMap(int input) => Value(input) as OnnxMap ?? throw Refuse($"computes with constants alone where the picture's values should be (\"{node.Inputs[input]}\")");

    /// <summary>An input that is a map with its channels first, as convolutions and poolings read it.</summary>
    public OnnxMap Map(int input)
    {
        var map = AnyMap(input);
        if (map.IsFlat)
            throw Refuse("reads a flattened map; it has to be a picture of channels, rows and columns");
        return map.ChannelSide == 1 ? map : throw Refuse("reads a map with its channels last; they have to come first, as behind a Transpose");
    }

    /// <summary>An input that has to be in the file.</summary>
    /// <param name="what">What it is, for messages.</param>
    public OnnxTensor Constant(int input, string what) =>
        Value(input) is OnnxConstant constant ? constant.Tensor : throw Refuse($"gets its {what} from the picture; only such as the file fixes can be read");

    /// <summary>The single number of an optional input; null if it is not given.</summary>
    public double? Scalar(int input, string what)
    {
        if (!Has(input))
            return null;
        var constant = Constant(input, what);
        return constant.Count == 1 ? constant.ToFloats()[0] : throw Refuse($"has a {what} of {constant.Count} numbers instead of one");
    }

    /// <summary>Integers of a constant or worked out from shapes; null if the input is not given.</summary>
    public IReadOnlyList<long?>? Shape(int input)
    {
        if (!Has(input))
            return null;
        return Value(input) switch
        {
            OnnxShape shape => shape.Numbers,
            OnnxConstant constant when constant.Tensor.ToIntegers() is { } integers => [.. integers],
            _ => throw Refuse($"has no integers as its input {input + 1}"),
        };
    }

    /// <summary>Integers that have to be given.</summary>
    public IReadOnlyList<long?> RequiredShape(int input) => Shape(input) ?? throw Refuse($"lacks its input {input + 1}");

    /// <summary>Axes, from an attribute in older versions and from an input since; null if they are not given.</summary>
    /// <param name="input">Where newer versions have them.</param>
    /// <param name="sides">Sides of what they are counted in; negative ones count from the end.</param>
    public IReadOnlyList<int>? Axes(int input, int sides)
    {
        var axes = Shape(input)?.Select(axis => axis ?? throw Refuse("has axes that the file does not fix")) ?? Integers("axes");
        return axes?.Select(axis => Axis(axis, sides)).Order().ToArray();
    }

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int sides) =>
        axis >= -sides && axis < sides ? (int)((axis + sides) % sides) : throw Refuse($"names the axis {axis} of a tensor with {sides} sides");

    public long Integer(string attribute, long otherwise) => node.Attributes.TryGetValue(attribute, out var value) && value.Integer is { } integer ? integer : otherwise;

    public double Number(string attribute, double otherwise)
    {
        var number = node.Attributes.TryGetValue(attribute, out var value) && value.Float is { } given ? given : otherwise;
        return double.IsFinite(number) ? number : throw Refuse($"has a {attribute} that is no finite number");
    }

    public string? Text(string attribute) => node.Attributes.TryGetValue(attribute, out var value) ? value.Text : null;

    public IReadOnlyList<long>? Integers(string attribute) =>
        node.Attributes.TryGetValue(attribute, out var value) && value.Integers.Count > 0 ? value.Integers : null;

    public OnnxAttribute? Attribute(string attribute) => node.Attributes.GetValueOrDefault(attribute);

    /// <summary>The node as a layer of the network.</summary>
    /// <param name="like">What its output is like, apart from the node that computes it.</param>
    public OnnxMap Emit(OnnxMap like, Operation operation, params string[] inputs)
    {
        translation.Add(new Node(name, operation, inputs), isLayer: true);
        return like with { Node = name, Pooling = null };
    }

    /// <summary>A node that is no layer, in front of the node itself.</summary>
    /// <param name="role">What is added to the node's name.</param>
    /// <returns>The network's node.</returns>
    public string EmitBefore(string role, Operation operation, string input)
    {
        var before = translation.NameFor($"{name}.{role}");
        translation.Add(new Node(before, operation, input), isLayer: false);
        return before;
    }

    /// <summary>The node is a name for its input, and so for the layer that it reads.</summary>
    public OnnxValue Pass(OnnxValue value)
    {
        if (value is OnnxMap map)
            translation.AddAlias(map.Pooling ?? map.Node, name);
        return value;
    }

    /// <summary>A tensor of the network that lies in the file.</summary>
    public void Keep(string tensor, OnnxTensor constant, params int[] sides) => translation.Add(constant.ToWeights(tensor, sides));

    /// <summary>A tensor of the network that is computed.</summary>
    public void Keep(string tensor, int[] sides, ReadOnlySpan<float> values) => translation.Add(translation.Compute(name, values).ToWeights(tensor, sides));

    /// <summary>A constant that is computed.</summary>
    public OnnxTensor Compute(int[] sides, ReadOnlySpan<float> values) => translation.Compute(name, values).Reshape(sides);

    /// <summary>The weights that another node with the same constants has already; false if there is none.</summary>
    /// <param name="constants">The constants, and what else decides about their use.</param>
    public bool TryShare(string constants, [NotNullWhen(true)] out string? weights) => translation.TryShare(constants, name, out weights);

    /// <summary>Whether what this node pools is used by nothing but the network's head.</summary>
    public bool PoolsForHead() => translation.PoolsForHead(node);

    /// <summary>Whether a map is what a node has padded.</summary>
    public bool IsPadded(OnnxMap map) => translation.IsPadded(map.Node);

    /// <summary>A complaint about the node.</summary>
    /// <param name="problem">What it does that cannot be; without a subject.</param>
    public WeightsException Refuse(string problem) =>
        new(translation.File, string.Create(CultureInfo.InvariantCulture, $"node \"{name}\" ({node.Operator}) {problem}."));
}
