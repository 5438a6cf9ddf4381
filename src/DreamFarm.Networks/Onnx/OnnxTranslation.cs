using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace DreamFarm.Networks;

/// <summary>
/// Turns an ONNX graph into a network's description and its tensors. Node by node, in the file's order; what a node
/// becomes, <see cref="OnnxOperators"/> says.
/// </summary>
internal sealed class OnnxTranslation
{
    private const int LongestName = 160;

    private readonly OnnxBytes _bytes;
    private readonly OnnxModel _model;
    private readonly Dictionary<string, OnnxValue> _values = new(StringComparer.Ordinal);
    private readonly List<Node> _nodes = [];
    private readonly List<string> _layers = [];
    private readonly Dictionary<string, List<string>> _aliases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal) { Node.Input };
    private readonly HashSet<string> _padded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private readonly OnnxHeads _heads;

    private OnnxTranslation(OnnxBytes bytes, OnnxModel model)
    {
        _bytes = bytes;
        _model = model;
        var input = FindInput();
        _values.Add(input.Name, ReadInput(input));
        _heads = new OnnxHeads(model, input.Name);
    }

    /// <summary>What messages call the file.</summary>
    public string File => _bytes.Name;

    public long Opset => _model.Opset;

    /// <summary>Tensors of the network.</summary>
    public List<WeightTensor> Tensors { get; } = [];

    /// <param name="name">What to call the network.</param>
    /// <param name="preprocessing">What it expects; null is the canvas as it is.</param>
    /// <exception cref="WeightsException">The graph holds what cannot be dreamt; one sentence that names the node.</exception>
    public static (NetworkDescription Network, List<WeightTensor> Tensors) Translate(OnnxBytes bytes, OnnxModel model, string name, Preprocessing? preprocessing)
    {
        if (model.Opset is < 7 or > 21)
            throw new WeightsException(bytes.Name, $"it was exported with opset {model.Opset}; 7 to 21 are read.");
        var translation = new OnnxTranslation(bytes, model);
        foreach (var node in model.Nodes)
            translation.Translate(node);
        return (translation.Describe(name, preprocessing), translation.Tensors);
    }

    /// <summary>What a name stands for.</summary>
    public OnnxValue Find(OnnxCall call, string name)
    {
        if (_values.TryGetValue(name, out var value))
            return value;
        if (!_model.Constants.TryGetValue(name, out var constant))
            throw call.Refuse($"reads \"{name}\", which is no constant and no first output of a node before it");
        value = new OnnxConstant(constant);
        _values.Add(name, value);
        return value;
    }

    /// <summary>A name that grammar and graph allow, as near as possible to one of the file.</summary>
    public string NameFor(string wanted)
    {
        // The end of a long name says more than its beginning.
        var letters = wanted[Math.Max(0, wanted.Length - LongestName)..].Select(letter => NetworkDescriptionJson.IsName(letter.ToString()) ? letter : '_');
        var name = string.Concat(letters);
        if (name.Length == 0)
            name = "node";
        var unique = name;
        for (var i = 2; !_names.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }

    public void Add(Node node, bool isLayer)
    {
        _nodes.Add(node);
        if (isLayer)
            _layers.Add(node.Name);
        if (node.Operation is Padding)
            _padded.Add(node.Name);
    }

    public void Add(WeightTensor tensor) => Tensors.Add(tensor);

    public void AddAlias(string node, string alias)
    {
        ref var aliases = ref CollectionsMarshal.GetValueRefOrAddDefault(_aliases, node, out _);
        (aliases ??= []).Add(alias);
    }

    /// <summary>Puts computed numbers behind the file.</summary>
    /// <param name="what">Whose they are, for messages.</param>
    public OnnxTensor Compute(string what, ReadOnlySpan<float> values)
    {
        var (offset, bytes) = _bytes.Add((long)values.Length * sizeof(float), what);
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return new OnnxTensor(_bytes, what, [values.Length], WeightElement.Float32, offset);
    }

    /// <summary>Nodes that compute with the same constants share their tensors; false for the first of them, which has to bring them.</summary>
    public bool TryShare(string constants, string name, [NotNullWhen(true)] out string? weights)
    {
        if (_shared.TryGetValue(constants, out weights))
            return true;
        _shared.Add(constants, name);
        return false;
    }

    public bool IsPadded(string node) => _padded.Contains(node);

    public bool PoolsForHead(OnnxNode node) => _heads.IsHead(node);

    private void Translate(OnnxNode node)
    {
        // Names come from the nodes; where those have none, or have them twice, from what they make.
        var call = new OnnxCall(this, node, NameFor(node.Name.Length == 0 || _names.Contains(node.Name) ? node.Outputs[0] : node.Name));
        if (node.Domain.Length > 0)
            throw call.Refuse($"is an operator of \"{node.Domain}\" instead of ONNX's own; {OnnxOperators.Supported}");
        if (!OnnxOperators.All.TryGetValue(node.Operator, out var translate))
            throw call.Refuse($"is not supported; {OnnxOperators.Supported}");
        var value = translate(call);
        if (value is OnnxMap { Channels: > 1 << 16 } map)
            throw call.Refuse($"has {map.Channels} channels; at most {1 << 16} are accepted");
        if (!_values.TryAdd(node.Outputs[0], value) || _model.Constants.ContainsKey(node.Outputs[0]))
            throw call.Refuse($"makes \"{node.Outputs[0]}\", which was there before it");
    }

    private OnnxInput FindInput()
    {
        // Older files list the constants among the inputs.
        var inputs = _model.Inputs.Where(input => !_model.Constants.ContainsKey(input.Name)).ToArray();
        return inputs.Length == 1
            ? inputs[0]
            : throw new WeightsException(File, $"its graph has {inputs.Length} inputs{(inputs.Length == 0 ? "" : $" ({string.Join(", ", inputs.Take(5).Select(input => input.Name))})")}; it has to have one, the picture.");
    }

    private OnnxMap ReadInput(OnnxInput input)
    {
        return (input.Sides ?? [null, null, null, null]) switch
        {
            [_, 3, var height, var width] => new OnnxMap(Node.Input, 3, height, width),
            [_, var height, var width, 3] => new OnnxMap(Node.Input, 3, height, width) { ChannelSide = 3 },
            [_, null, var height, var width] => new OnnxMap(Node.Input, 3, height, width),
            var sides => throw new WeightsException(File, $"its input \"{input.Name}\" has the shape {TensorShape.Describe(sides.Take(8))}; a picture is [N, 3, H, W]."),
        };
    }

    private NetworkDescription Describe(string name, Preprocessing? preprocessing)
    {
        if (_layers.Count == 0)
            throw new WeightsException(File, "its graph has no node that could be dreamt.");
        // What the graph gives out is often known by that name.
        foreach (var output in _model.Outputs)
        {
            if (_values.TryGetValue(output, out var value) && value is OnnxMap map && map.Node != Node.Input && NetworkDescriptionJson.IsName(output) && _names.Add(output))
                AddAlias(map.Pooling ?? map.Node, output);
        }

        var network = new NetworkDescription
        {
            Name = name,
            Summary = $"read from an ONNX file of opset {Opset}",
            Nodes = _nodes,
            Layers = [.. _layers.Select(layer => new Layer(layer, null, _aliases.TryGetValue(layer, out var aliases) ? [.. aliases] : []))],
            Preprocessing = preprocessing,
            Defaults = new(_layers[0]),
        };
        try
        {
            return network with { Defaults = new(DefaultLayer(new NetworkGeometry(network))) };
        }
        catch (ArgumentException error)
        {
            throw new WeightsException(File, $"it cannot be used: {error.Message}", error);
        }
    }

    /// <summary>
    /// A layer to begin with: half-way through the coarsest cells of at most 16 pixels, which is where the patterns
    /// of classifiers are parts of things; a joint or an activation rather than a bare sum.
    /// </summary>
    private string DefaultLayer(NetworkGeometry geometry)
    {
        var finite = _nodes.Where(node => _layers.Contains(node.Name) && !geometry[node.Name].IsGlobal && geometry[node.Name].Stride <= 16).ToArray();
        if (finite.Length == 0)
            return _layers[0];
        var coarsest = finite.Max(node => geometry[node.Name].Stride);
        var candidates = finite.Where(node => geometry[node.Name].Stride == coarsest).ToArray();
        var middle = candidates.Length / 2;
        return (candidates.Skip(middle).FirstOrDefault(node => node.Operation is Concatenation or Activation) ?? candidates[middle]).Name;
    }
}
