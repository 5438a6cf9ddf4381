namespace DreamFarm.Networks;

/// <summary>Strides, receptive fields, channels and weight shapes of a network, all worked out from its graph.</summary>
public sealed class NetworkGeometry
{
    /// <summary>A stride or reach beyond this has no use, and would not fit the arithmetic of windows.</summary>
    private const int MostPixels = 1 << 20;

    private readonly Dictionary<string, NodeGeometry> _nodes = new(StringComparer.Ordinal)
    {
        [Node.Input] = new(Stride: 1, default, default, Channels: 3),
    };

    private readonly Dictionary<string, int[]> _tensors = new(StringComparer.Ordinal);

    private readonly HashSet<string> _classifying = new(StringComparer.Ordinal);

    /// <summary>Walks the graph once.</summary>
    /// <exception cref="ArgumentException">The description contradicts itself: a node reads what does not stand before it, a name occurs twice, numbers make no sense, or inputs are joined that do not go together. The message is one sentence.</exception>
    public NetworkGeometry(NetworkDescription network)
    {
        Network = network;
        foreach (var node in network.Nodes)
        {
            try
            {
                Add(node);
            }
            catch (Exception error) when (error is ArgumentException or OverflowException)
            {
                throw new ArgumentException($"{network.Name}: node {node.Name} {(error is ArgumentException ? error.Message : "looks too far")}.", error);
            }
        }

        if (network.Layers.FirstOrDefault(layer => layer.Name == Node.Input || !_nodes.ContainsKey(layer.Name)) is { } missing)
            throw new ArgumentException($"{network.Name}: layer {missing.Name} is no node.");

        // Of any set of layers it is no more than of all nodes.
        long grid = 1;
        foreach (var node in _nodes.Values)
        {
            grid = LeastCommonMultiple(grid, node.Stride);
            if (grid > MostPixels)
                throw new ArgumentException($"{network.Name}: the strides of its nodes have no common multiple of at most {MostPixels} pixels.");
        }
    }

    /// <summary>The network this is the geometry of.</summary>
    public NetworkDescription Network { get; }

    /// <summary>Shape of every tensor that the network needs, by name, such as <c>[out, in, rows, columns]</c> or <c>[out]</c>.</summary>
    public IReadOnlyDictionary<string, int[]> Tensors => _tensors;

    /// <summary>The geometry of a node or layer, or of <see cref="Node.Input"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    public NodeGeometry this[string node] => _nodes[node];

    /// <summary>Whether a node's channels are the network's classes: it is the classifier, or works on each of its channels by itself.</summary>
    public bool IsClassifier(string node) => _classifying.Contains(node);

    /// <summary>What the channels of a node are called, in their order; null where they are no classes, or those have no names.</summary>
    public IReadOnlyList<string>? ClassesOf(string node) => IsClassifier(node) ? Network.Classes : null;

    /// <summary>What has to be evaluated, and how large windows are, for a dream on <paramref name="layers"/>.</summary>
    /// <exception cref="ArgumentException">The set is empty or names what is no layer.</exception>
    public NetworkEvaluation Evaluate(IReadOnlyCollection<string> layers)
    {
        var wanted = layers.Select(name => Network.FindLayer(name)
            ?? throw new ArgumentException($"{Network.Name} has no layer {name}.", nameof(layers))).ToArray();
        if (wanted.Length == 0)
            throw new ArgumentException("At least one layer is needed.", nameof(layers));

        var needed = wanted.Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in Network.Nodes.Reverse())
        {
            if (needed.Contains(node.Name))
                needed.UnionWith(node.Inputs);
        }

        var evaluated = Network.Nodes.Where(node => needed.Contains(node.Name)).ToArray();
        var stride = evaluated.Select(node => _nodes[node.Name].Stride).Aggregate(1, (a, b) => (int)LeastCommonMultiple(a, b));
        var contexts = wanted.Select(ContextOf).ToArray();
        var readers = evaluated.SelectMany(node => node.Inputs).CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return new NetworkEvaluation
        {
            Nodes = evaluated,
            Passing = evaluated
                .Where(node => node.Operation is Convolution { Relu: false } or Addition or ChannelAffine
                    && readers.GetValueOrDefault(node.Name) == 1 && wanted.All(layer => layer.Name != node.Name) && !node.Inputs.Contains(Node.Input))
                .Select(node => node.Name)
                .ToHashSet(StringComparer.Ordinal),
            Stride = stride,
            IsGlobal = wanted.Any(layer => _nodes[layer.Name].IsGlobal),
            ExactContext = RoundUp(wanted.Max(layer => _nodes[layer.Name].ExactContext), stride),
            AutomaticContext = new(
                RoundUp(contexts.Max(context => context.Pixels), stride),
                contexts.All(context => context.MeasuredError is not null) ? contexts.Max(context => context.MeasuredError) : null),
        };
    }

    /// <summary>
    /// What <c>--context auto</c> means for a layer: what the network's file states for it; otherwise what it states for the
    /// layer that looks as far or least farther, but never more than is exact; and where nothing is stated, what is exact, whose error is none.
    /// </summary>
    public AutomaticContext ContextOf(Layer layer)
    {
        if (layer.Context is { } stated)
            return stated;
        var geometry = _nodes[layer.Name];
        if (geometry.IsGlobal)
            return new(0, null);
        var next = Network.Layers
            .Where(other => other.Context is not null && !_nodes[other.Name].IsGlobal && _nodes[other.Name].Reach >= geometry.Reach)
            .MinBy(other => _nodes[other.Name].Reach);
        return next?.Context is { } near && near.Pixels < geometry.ExactContext
            ? new(RoundUp(near.Pixels, geometry.Stride), null)
            : new(geometry.ExactContext, 0);
    }

    private void Add(Node node)
    {
        var operation = node.Operation;
        operation.Check();
        var inputs = node.Inputs.Select(name => _nodes.TryGetValue(name, out var input)
            ? input
            : throw new ArgumentException($"reads {name}, which does not stand before it")).ToArray();
        var (least, most) = operation.Inputs;
        if (inputs.Length < least || inputs.Length > most)
            throw new ArgumentException($"cannot have {inputs.Length} inputs");

        // Single cells go with any stride: they count everywhere.
        var maps = inputs.Where(input => !input.IsPoint).ToArray();
        if (maps.Any(input => input.Stride != maps[0].Stride))
            throw new ArgumentException("joins inputs of different strides");
        if (maps.Length is var spread && spread > 0 && spread < inputs.Length && operation is Concatenation)
            throw new ArgumentException("joins single cells with maps");

        var channels = inputs.Select(input => input.Channels).ToArray();
        foreach (var (name, shape) in operation.Tensors(channels[0]))
        {
            if (!_tensors.TryAdd(name, shape) && !_tensors[name].SequenceEqual(shape))
                throw new ArgumentException($"shares tensor {name} with a node that needs another shape");
        }

        // One cell of the output looks at input cells -Before .. After around its own, each of which lies
        // `stride` pixels from the next and looks at pixels of its own: the union over all inputs is an interval.
        var footprint = operation.Footprint;
        int stride = maps.Length > 0 ? maps[0].Stride : inputs[0].Stride;
        var geometry = new NodeGeometry(
            checked(stride * footprint.Stride),
            Field.Join(footprint.Rows, stride, inputs.Select(input => input.Rows)),
            Field.Join(footprint.Columns, stride, inputs.Select(input => input.Columns)),
            operation.OutputChannels(channels),
            IsGlobal: operation is GlobalAveragePooling || inputs.Any(input => input.IsGlobal),
            IsPoint: operation is GlobalAveragePooling || maps.Length == 0);
        if (geometry.Stride > MostPixels || geometry.Reach > MostPixels)
            throw new ArgumentException("looks too far");
        if (!_nodes.TryAdd(node.Name, geometry))
            throw new ArgumentException("has the name of a node before it");
        if (operation is Convolution { AnyChannels: true } || operation is not Convolution && node.Inputs.All(_classifying.Contains) && geometry.Channels == channels[0])
            _classifying.Add(node.Name);
    }

    private static int RoundUp(int pixels, int stride) => (pixels + stride - 1) / stride * stride;

    private static long LeastCommonMultiple(long a, long b)
    {
        var (x, y) = (a, b);
        while (y != 0)
            (x, y) = (y, x % y);
        return a / x * b;
    }
}
