namespace DreamFarm.Networks;

/// <summary>Strides, receptive fields, channels and weight shapes of a network, all worked out from its graph.</summary>
public sealed class NetworkGeometry
{
    private readonly Dictionary<string, NodeGeometry> _nodes = new(StringComparer.Ordinal)
    {
        [Node.Input] = new(Stride: 1, Before: 0, After: 0, Channels: 3),
    };

    private readonly Dictionary<string, int[]> _tensors = new(StringComparer.Ordinal);

    /// <summary>Walks the graph once.</summary>
    /// <exception cref="ArgumentException">The description contradicts itself: a node reads what does not stand before it, a name occurs twice, or inputs of different strides are joined.</exception>
    public NetworkGeometry(NetworkDescription network)
    {
        Network = network;
        foreach (var node in network.Nodes)
        {
            var inputs = node.Inputs.Select(name => _nodes.TryGetValue(name, out var input)
                ? input
                : throw new ArgumentException($"{network.Name}: node {node.Name} reads {name}, which does not stand before it.", nameof(network))).ToArray();
            if (inputs.Length == 0 || node.Operation is not Concatenation && inputs.Length != 1)
                throw new ArgumentException($"{network.Name}: node {node.Name} cannot have {inputs.Length} inputs.", nameof(network));
            if (inputs.Any(input => input.Stride != inputs[0].Stride))
                throw new ArgumentException($"{network.Name}: node {node.Name} joins inputs of different strides.", nameof(network));

            // One cell of the output looks at input cells -Before .. After around its own, each of which lies
            // `stride` pixels from the next and looks at pixels of its own: the union over all inputs is an interval.
            var footprint = node.Operation.Footprint;
            var stride = inputs[0].Stride;
            var channels = inputs.Sum(input => input.Channels);
            if (node.Operation is Convolution convolution)
            {
                _tensors[$"{convolution.Weights}.weight"] = [convolution.Channels, channels, convolution.Kernel, convolution.Kernel];
                _tensors[$"{convolution.Weights}.bias"] = [convolution.Channels];
                channels = convolution.Channels;
            }

            var geometry = new NodeGeometry(
                stride * footprint.Stride,
                footprint.Before * stride + inputs.Max(input => input.Before),
                footprint.After * stride + inputs.Max(input => input.After),
                channels);
            if (!_nodes.TryAdd(node.Name, geometry))
                throw new ArgumentException($"{network.Name}: two nodes are called {node.Name}.", nameof(network));
        }

        if (network.Layers.FirstOrDefault(layer => !_nodes.ContainsKey(layer.Name)) is { } missing)
            throw new ArgumentException($"{network.Name}: layer {missing.Name} is no node.", nameof(network));
    }

    /// <summary>The network this is the geometry of.</summary>
    public NetworkDescription Network { get; }

    /// <summary>Shape of every tensor that the network needs, by name: <c>[out, in, kernel, kernel]</c> or <c>[out]</c>.</summary>
    public IReadOnlyDictionary<string, int[]> Tensors => _tensors;

    /// <summary>The geometry of a node or layer, or of <see cref="Node.Input"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    public NodeGeometry this[string node] => _nodes[node];

    /// <summary>What has to be evaluated, and how large windows are, for a dream on <paramref name="layers"/>.</summary>
    /// <exception cref="ArgumentException">The set is empty or names what is no layer.</exception>
    public NetworkEvaluation Evaluate(IReadOnlyCollection<string> layers)
    {
        var wanted = layers.Select(name => Network.Layers.FirstOrDefault(layer => layer.Name == name)
            ?? throw new ArgumentException($"{Network.Name} has no layer {name}.", nameof(layers))).ToArray();
        if (wanted.Length == 0)
            throw new ArgumentException("At least one layer is needed.", nameof(layers));

        var needed = layers.ToHashSet(StringComparer.Ordinal);
        foreach (var node in Network.Nodes.Reverse())
        {
            if (needed.Contains(node.Name))
                needed.UnionWith(node.Inputs);
        }

        var evaluated = Network.Nodes.Where(node => needed.Contains(node.Name)).ToArray();
        var stride = evaluated.Select(node => _nodes[node.Name].Stride).Aggregate(1, LeastCommonMultiple);
        return new NetworkEvaluation
        {
            Nodes = evaluated,
            Stride = stride,
            ExactContext = RoundUp(wanted.Max(layer => _nodes[layer.Name].Reach), stride),
            AutomaticContext = new(
                RoundUp(wanted.Max(layer => layer.Context.Pixels), stride),
                wanted.All(layer => layer.Context.MeasuredError is not null) ? wanted.Max(layer => layer.Context.MeasuredError) : null),
        };
    }

    private static int RoundUp(int pixels, int stride) => (pixels + stride - 1) / stride * stride;

    private static int LeastCommonMultiple(int a, int b)
    {
        var (x, y) = (a, b);
        while (y != 0)
            (x, y) = (y, x % y);
        return a / x * b;
    }
}
