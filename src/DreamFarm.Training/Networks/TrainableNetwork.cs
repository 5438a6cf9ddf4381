using DreamFarm.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace DreamFarm.Training;

/// <summary>
/// A described network as it is trained: behind every convolution a batch normalisation, and in place of the classifier the mean over all
/// cells, dropout and a linear layer, whose weights are then those of the classifier at each cell.
/// </summary>
internal sealed class TrainableNetwork : IDisposable
{
    private readonly List<Node> _nodes;
    private readonly Node _classifier;
    private readonly Dictionary<string, TrainableConvolution> _convolutions = new(StringComparer.Ordinal);
    private readonly Linear _linear;
    private readonly TensorValues _linearWeights;
    private readonly TensorValues _linearBias;

    /// <exception cref="ArgumentException">The network cannot be trained here; one sentence that says why.</exception>
    public TrainableNetwork(NetworkDescription network, IReadOnlyList<string> classes, torch.Device device, ulong seed)
    {
        Description = ForClasses(network, classes, out _classifier);
        _nodes = Leading(Description, _classifier);
        try
        {
            // What nobody could read again is told before the work.
            NetworkDescriptionJson.Read(NetworkDescriptionJson.Write(Description));
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{network.Name} cannot be trained here: {error.Message}", error);
        }
        Device = device;
        var geometry = new NetworkGeometry(Description);
        foreach (var node in _nodes)
        {
            if (node.Operation is Networks.Convolution convolution)
            {
                var draws = new Draws(seed, Purpose.Weights, (ulong)_convolutions.Count);
                _convolutions.Add(node.Name, new TrainableConvolution(convolution, geometry[node.Inputs[0]].Channels, device, draws));
            }
        }

        var (inputs, prefix) = (geometry[_classifier.Inputs[0]].Channels, ((Networks.Convolution)_classifier.Operation).Weights);
        _linear = torch.nn.Linear(inputs, classes.Count, device: device);
        _linearWeights = new TensorValues($"{prefix}.weight", _linear.weight!);
        _linearBias = new TensorValues($"{prefix}.bias", _linear.bias!);
        var first = new Draws(seed, Purpose.Weights, ulong.MaxValue);
        foreach (var values in (TensorValues[])[_linearWeights, _linearBias])
        {
            var drawn = new float[values.Count];
            foreach (ref var value in drawn.AsSpan())
                value = first.Uniform(-1, 1) / MathF.Sqrt(inputs);
            values.Write(drawn);
        }
        Features = inputs;
    }

    /// <summary>The network with the classes that it is trained for; its weights are those of <see cref="Export"/>.</summary>
    public NetworkDescription Description { get; }

    public torch.Device Device { get; }

    /// <summary>Channels of what the classifier reads.</summary>
    public int Features { get; }

    /// <summary>Weights, which decay.</summary>
    public IEnumerable<TensorValues> Weights => _convolutions.Values.Select(one => one.Kernels).Append(_linearWeights);

    /// <summary>Scales and offsets, which do not.</summary>
    public IEnumerable<TensorValues> Offsets => _convolutions.Values.SelectMany(one => (TensorValues[])[one.Scale, one.Shift]).Append(_linearBias);

    /// <summary>What batch normalisation gathers while it is trained.</summary>
    public IEnumerable<TensorValues> Statistics => _convolutions.Values.SelectMany(one => (TensorValues[])[one.Mean, one.Variance]);

    /// <summary>Says whether batches are normalised by their own statistics, which are then gathered, or by those gathered.</summary>
    public void Train(bool training)
    {
        foreach (var convolution in _convolutions.Values)
            convolution.Train(training);
    }

    /// <summary>The classifier's sums [B, classes].</summary>
    /// <param name="input">[B, 3, h, w] in [-1, 1]; computed fastest where it is channels last in memory, as all that follows then is.</param>
    /// <param name="dropout">What the classifier's inputs are multiplied by, [B, <see cref="Features"/>]; null for 1.</param>
    public torch.Tensor Forward(torch.Tensor input, torch.Tensor? dropout = null)
    {
        var values = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { [Node.Input] = input };
        foreach (var node in _nodes)
            values[node.Name] = Evaluate(node, [.. node.Inputs.Select(name => values[name])]);
        var features = values[_classifier.Inputs[0]].mean([2, 3]);
        return _linear.forward(dropout is null ? features : features.mul(dropout));
    }

    /// <summary>The tensors of a file of weights, normalisations folded in.</summary>
    public IEnumerable<(string Name, int[] Shape, ReadOnlyMemory<float> Values)> Export()
    {
        foreach (var convolution in _convolutions.Values)
        {
            var (kernels, bias) = convolution.Folded();
            yield return (convolution.Kernels.Name, convolution.Kernels.Shape, kernels);
            yield return ($"{convolution.Operation.Weights}.bias", [bias.Length], bias);
        }
        yield return (_linearWeights.Name, _linearWeights.Shape, _linearWeights.Read());
        yield return (_linearBias.Name, _linearBias.Shape, _linearBias.Read());
    }

    /// <summary>Takes weights such as <see cref="Export"/> gives, to be measured.</summary>
    /// <exception cref="WeightsException">The file cannot be read.</exception>
    public void Take(NetworkWeights weights)
    {
        foreach (var convolution in _convolutions.Values)
            convolution.TakeFolded(weights[convolution.Kernels.Name].ToArray(), weights[$"{convolution.Operation.Weights}.bias"].ToArray());
        _linearWeights.Write(weights[_linearWeights.Name].ToArray());
        _linearBias.Write(weights[_linearBias.Name].ToArray());
    }

    /// <summary>Takes all weights of such a network but the classifier's, which may have other classes, to go on from there.</summary>
    /// <exception cref="ArgumentException">The weights are of another network; one sentence.</exception>
    /// <exception cref="WeightsException">The file cannot be read.</exception>
    public void Begin(NetworkWeights weights)
    {
        var theirs = new NetworkGeometry(weights.Network).Tensors;
        foreach (var convolution in _convolutions.Values)
        {
            var bias = $"{convolution.Operation.Weights}.bias";
            if (!theirs.TryGetValue(convolution.Kernels.Name, out var shape) || !shape.SequenceEqual(convolution.Kernels.Shape) || !theirs.ContainsKey(bias))
                throw new ArgumentException($"{weights.Name}: {Description.Name} cannot begin with these weights, in which {convolution.Kernels.Name} is of another shape, or missing.");
            convolution.TakeFolded(weights[convolution.Kernels.Name].ToArray(), weights[bias].ToArray());
        }
    }

    /// <summary>
    /// Changes every normalisation to the statistics of these pictures without changing what the network computes: only so can weights into which normalisations
    /// were folded be trained on.
    /// </summary>
    /// <param name="inputs">As <see cref="Forward"/> takes them.</param>
    public void Renormalise(IEnumerable<torch.Tensor> inputs)
    {
        using var unrecorded = torch.no_grad();
        Train(false);
        foreach (var convolution in _convolutions.Values)
            convolution.Measure();
        foreach (var input in inputs)
        {
            using var scope = torch.NewDisposeScope();
            Forward(input);
        }
        foreach (var convolution in _convolutions.Values)
            convolution.NormaliseAsMeasured();
    }

    public void Dispose()
    {
        foreach (var convolution in _convolutions.Values)
            convolution.Dispose();
        _linear.Dispose();
    }

    private torch.Tensor Evaluate(Node node, torch.Tensor[] inputs)
    {
        var x = inputs[0];
        return node.Operation switch
        {
            Networks.Convolution => _convolutions[node.Name].Forward(x),
            Activation { Kind: ActivationKind.Relu } => x.relu(),
            MaxPooling pooling => functional.max_pool2d(x, Both(pooling.Kernel), Both(pooling.Stride), Both(pooling.Padding), ceil_mode: pooling.CeilMode),
            AveragePooling pooling => functional.avg_pool2d(x, Both(pooling.Kernel), Both(pooling.Stride), Both(pooling.Padding), pooling.CeilMode, pooling.CountPadding),
            GlobalAveragePooling => x.mean([2, 3], keepdim: true),
            Concatenation => torch.cat(inputs, 1),
            Addition => x.add(inputs[1]),
            Multiplication => x.mul(inputs[1]),
            var other => throw new NotSupportedException($"{other.GetType().Name} is checked to be none of what can be trained."),
        };
    }

    private static bool CanTrain(Operation operation) =>
        operation is Networks.Convolution { Dense: false } or Activation { Kind: ActivationKind.Relu } or MaxPooling or AveragePooling or GlobalAveragePooling or Concatenation or Addition or Multiplication;

    /// <summary>The network as it will be exported: with these classes, every normalisation folded, and contexts whose errors nobody has measured.</summary>
    private static NetworkDescription ForClasses(NetworkDescription network, IReadOnlyList<string> classes, out Node classifier)
    {
        if (classes.Count < 2)
            throw new ArgumentException("A network is trained to tell classes apart; it needs at least two.");
        if (network.Preprocessing is not null)
            throw new ArgumentException($"{network.Name} cannot be trained here: it takes its pictures in another form than RGB in [-1, 1].");
        var found = network.Nodes.Where(node => node.Operation is Networks.Convolution { AnyChannels: true }).ToArray();
        if (found is not [{ Operation: Networks.Convolution { Dense: true, Relu: false } last }] || last.Kernel != 1 || last.Groups != 1 || last.Padding != 0 || last.Stride != 1)
            throw new ArgumentException($"{network.Name} cannot be trained here: it has no classifier that is one fully connected layer behind the mean over all cells.");
        var name = found[0].Name;
        classifier = found[0] with { Operation = last with { Channels = classes.Count, Bias = true, Norm = null } };
        var replaced = classifier;
        return network with
        {
            Nodes = [.. network.Nodes.Select(node => node.Name == name ? replaced
                : node.Operation is Networks.Convolution convolution ? node with { Operation = convolution with { Bias = true, Norm = null } } : node)],
            Layers = [.. network.Layers.Select(layer => layer.Context is { } context ? layer with { Context = context with { MeasuredError = null } } : layer)],
            Classes = [.. classes],
            BuiltInWeights = null,
            Publisher = null,
        };
    }

    /// <summary>The nodes that the classifier depends on, in order.</summary>
    private static List<Node> Leading(NetworkDescription network, Node classifier)
    {
        var needed = classifier.Inputs.ToHashSet(StringComparer.Ordinal);
        foreach (var node in network.Nodes.Reverse())
        {
            if (needed.Contains(node.Name))
                needed.UnionWith(node.Inputs);
        }

        var leading = network.Nodes.Where(node => needed.Contains(node.Name)).ToList();
        if (leading.FirstOrDefault(node => !CanTrain(node.Operation)) is { } odd)
            throw new ArgumentException($"{network.Name} cannot be trained here: its node {odd.Name} is of a kind that is only dreamt on.");
        if (network.Nodes.FirstOrDefault(node => node.Name != classifier.Name && !needed.Contains(node.Name) && node.Operation is Networks.Convolution or ChannelAffine) is { } aside)
            throw new ArgumentException($"{network.Name} cannot be trained here: its classifier does not depend on node {aside.Name}.");
        if (leading.Select(node => (node.Operation as Networks.Convolution)?.Weights).OfType<string>().GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { Key: var shared })
            throw new ArgumentException($"{network.Name} cannot be trained here: several of its nodes share the weights {shared}.");
        return leading;
    }

    private static long[] Both(Pair pair) => [pair.Rows, pair.Columns];
}
