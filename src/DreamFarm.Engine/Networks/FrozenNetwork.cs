using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DreamFarm.Networks;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace DreamFarm.Engine;

/// <summary>A network's weights on a device, shared by all lanes; they take no gradient and never change.</summary>
internal sealed class FrozenNetwork : IDisposable
{
    /// <summary>
    /// A 1x1 kernel has no neighbours to dilate, so this changes no value. But it makes libtorch compute these
    /// convolutions by oneDNN even on one thread, where it would otherwise take a BLAS product whose rounding depends
    /// on where in the window a cell lies. A gate that flips on the last bit then makes the same pixel's gradient
    /// differ from tile to tile by up to 1e-2; by oneDNN and with exact context every gate is the same.
    /// </summary>
    internal const int PointDilation = 2;

    /// <summary>
    /// Float16 ends at 65504, and on the way back through SqueezeNet 1.0 gradients grow to up to 3e5 times the objective's
    /// largest coefficient, the middle ones to 1e4. Times 2^-8 both stay far from either end of float16 (6e-8).
    /// </summary>
    private const int HalfSeedExponent = -8;

    private readonly Dictionary<string, (torch.Tensor Weight, torch.Tensor Bias)> convolutions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (torch.Tensor Scale, torch.Tensor Shift)> affines = new(StringComparer.Ordinal);

    // The only node that looks at the canvas, where it is a convolution that can be gone back through by itself.
    private readonly string? firstNode;
    private FirstConvolution? first;

    /// <exception cref="WeightsException">The file cannot be read.</exception>
    public FrozenNetwork(NetworkWeights weights, torch.Device device, EnginePrecision precision)
    {
        Description = weights.Network;
        Device = device;
        HostType = precision == EnginePrecision.Float64 ? torch.ScalarType.Float64 : torch.ScalarType.Float32;
        ElementType = precision switch
        {
            EnginePrecision.Float16 => torch.ScalarType.Float16,
            EnginePrecision.BFloat16 => torch.ScalarType.BFloat16,
            _ => HostType,
        };
        SeedExponent = precision == EnginePrecision.Float16 ? HalfSeedExponent : 0;
        firstNode = Description.Nodes.Count(node => node.Inputs.Contains(Node.Input)) == 1
            ? Description.Nodes.FirstOrDefault(node => node.Inputs is [Node.Input] && node.Operation is Convolution { Groups: 1, Dilation: 1 } convolution && FirstConvolution.Fits(convolution))?.Name
            : null;
        foreach (Node node in Description.Nodes)
        {
            switch (node.Operation)
            {
                case Convolution convolution:
                    convolutions.Add(node.Name, Load(convolution, node.Name == firstNode, weights));
                    break;
                case ChannelAffine affine:
                    affines.Add(node.Name, (PerChannel(weights[$"{affine.Weights}.scale"]), PerChannel(weights[$"{affine.Weights}.shift"])));
                    break;
            }
        }
    }

    public NetworkDescription Description { get; }

    public Preprocessing? Preprocessing => Description.Preprocessing;

    public torch.Device Device { get; }

    /// <summary>Of the canvas and of the gradient that comes out: float32, or float64 if everything is.</summary>
    public torch.ScalarType HostType { get; }

    /// <summary>Of weights and activations.</summary>
    public torch.ScalarType ElementType { get; }

    /// <summary>What the seeds of a backward pass are to be multiplied by beside the objective's own power of two, as a power of two.</summary>
    public int SeedExponent { get; }

    /// <summary>The activations of the objective's layers.</summary>
    /// <param name="canvas">[B, 3, h, w], preprocessed.</param>
    public ForwardPass Forward(OctaveObjective objective, torch.Tensor canvas)
    {
        // Handles to activations that only the graph needs are let go here, so that the backward pass can free each
        // activation as soon as it is through with it.
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable recorded = torch.enable_grad();
        torch.Tensor root = first is null ? canvas.requires_grad_() : canvas;
        var values = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { [Node.Input] = root };
        foreach (Node node in objective.Evaluation.Nodes)
        {
            torch.Tensor value = Evaluate(node, [.. node.Inputs.Select(input => values[input])], node.Inputs[0] != firstNode && objective.Evaluation.Passing.Contains(node.Inputs[0]));
            if (node.Name == firstNode)
                root = scope.MoveToOuter(value.requires_grad_());
            values[node.Name] = value;
        }

        return new ForwardPass(root, [.. objective.Layers.Select(layer => scope.MoveToOuter(InHostType(values[layer])))]);
    }

    private torch.Tensor InHostType(torch.Tensor value) => value.dtype == HostType ? value : value.to(HostType);

    /// <summary>From the gradient of a forward pass's root to the canvas's, [rows][columns][3], in a rectangle of pixels of one window.</summary>
    /// <param name="window">Its place in the batch.</param>
    public torch.Tensor ToCanvas(ForwardPass pass, torch.Tensor gradient, int window, int top, int left, int rows, int columns)
    {
        torch.Tensor own = gradient.narrow(0, window, 1);
        return first?.ToCanvas(pass.Root.narrow(0, window, 1), own, top, left, rows, columns)
            ?? own.permute(0, 2, 3, 1).narrow(1, top, rows).narrow(2, left, columns);
    }

    /// <summary>The activations of some nodes, of which no gradient will be asked.</summary>
    /// <param name="nodes">All that lead to <paramref name="wanted"/>, in order.</param>
    public IReadOnlyList<torch.Tensor> Activations(IReadOnlyList<Node> nodes, IEnumerable<string> wanted, torch.Tensor canvas)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();
        var values = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { [Node.Input] = canvas };
        foreach (Node node in nodes)
            values[node.Name] = Evaluate(node, [.. node.Inputs.Select(input => values[input])], passing: false);
        return [.. wanted.Select(name => scope.MoveToOuter(InHostType(values[name])))];
    }

    public void Dispose()
    {
        foreach ((torch.Tensor weight, torch.Tensor bias) in convolutions.Values.Concat(affines.Values))
        {
            weight.Dispose();
            bias.Dispose();
        }

        first?.Dispose();
    }

    /// <param name="passing">Whether nobody else needs the first input.</param>
    private torch.Tensor Evaluate(Node node, torch.Tensor[] inputs, bool passing)
    {
        // What is kept in more digits than activations have: the canvas and the first convolution, LRN and softmax.
        if (HostType != ElementType && node.Name != firstNode)
            inputs = [.. inputs.Select(input => input.to(node.Operation is LocalResponseNormalisation or Networks.Softmax ? HostType : ElementType))];
        torch.Tensor x = inputs[0];
        switch (node.Operation)
        {
            case Convolution convolution:
                (torch.Tensor weight, torch.Tensor bias) = convolutions[node.Name];
                int dilation = convolution.Kernel == 1 ? PointDilation : convolution.Dilation;
                torch.Tensor sum = functional.conv2d(x, weight, bias,
                    strides: Both(convolution.Stride), padding: Both(convolution.Padding), dilation: Both(dilation), groups: convolution.Groups);
                return convolution.Relu ? sum.relu_() : sum;
            case ChannelAffine:
                (torch.Tensor scale, torch.Tensor shift) = affines[node.Name];
                return x.mul(scale).add(shift);
            case Activation { Kind: ActivationKind.Relu } when passing:
                return x.relu_();
            case Activation activation:
                return Activate(x, activation);
            case MaxPooling pooling:
                return functional.max_pool2d(x, Both(pooling.Kernel), Both(pooling.Stride), Both(pooling.Padding), ceil_mode: pooling.CeilMode);
            case AveragePooling pooling:
                return functional.avg_pool2d(x, Both(pooling.Kernel), Both(pooling.Stride), Both(pooling.Padding), pooling.CeilMode, pooling.CountPadding);
            case GlobalAveragePooling:
                return x.mean([2, 3], keepdim: true);
            case Concatenation:
                return torch.cat(inputs, 1);
            case Addition:
                return x.add(inputs[1]);
            case Multiplication:
                return x.mul(inputs[1]);
            case LocalResponseNormalisation normalisation:
                return functional.local_response_norm(x, normalisation.Size, normalisation.Alpha, normalisation.Beta, normalisation.K);
            // TorchSharp has a Padding and a Softmax of its own.
            case Networks.Padding padding:
                return functional.pad(x, [padding.Left, padding.Right, padding.Top, padding.Bottom], value: padding.Value);
            case Networks.Softmax:
                return functional.softmax(x, 1);
            default:
                throw new NotSupportedException($"{Description.Name}: the engine cannot compute {node.Operation.GetType().Name} (node {node.Name}).");
        }
    }

    private static torch.Tensor Activate(torch.Tensor x, Activation activation) => activation.Kind switch
    {
        ActivationKind.Relu => x.relu(),
        ActivationKind.LeakyRelu => x.leaky_relu(activation.A),
        ActivationKind.Clip => x.clamp(activation.A, activation.B),
        ActivationKind.Sigmoid => x.sigmoid(),
        ActivationKind.HardSigmoid => x.mul(activation.A).add(activation.B).clamp(0, 1),
        ActivationKind.HardSwish => x.hardswish(),
        _ => throw new NotSupportedException($"The engine cannot compute {activation.Kind}."),
    };

    private static long[] Both(Pair pair) => [pair.Rows, pair.Columns];

    private (torch.Tensor Weight, torch.Tensor Bias) Load(Convolution convolution, bool isFirst, NetworkWeights weights)
    {
        WeightTensor stored = weights[$"{convolution.Weights}.weight"];
        (long rows, long columns) = (convolution.Kernel.Rows, convolution.Kernel.Columns);
        long[] shape = [convolution.Channels, stored.Count / (convolution.Channels * rows * columns), rows, columns];

        // A fully connected layer has up to a hundred million weights: those that need no arithmetic are read to where they stay.
        torch.ScalarType type = isFirst ? HostType : ElementType;
        if (convolution.Norm is null && !isFirst && type == torch.ScalarType.Float32)
        {
            using torch.Tensor host = torch.empty(shape, type);
            stored.CopyTo(MemoryMarshal.Cast<byte, float>(host.bytes));
            double[] plain = convolution.Bias ? Doubles(weights[$"{convolution.Weights}.bias"]) : new double[convolution.Channels];
            return (Kernels(host.to(Device)), Make(plain, [convolution.Channels], type).DetachFromDisposeScope());
        }

        (double[] kernels, double[] bias) = Folded(convolution, weights);
        if (isFirst)
            first = new FirstConvolution(convolution, kernels, (values, sides) => Kernels(values, sides, HostType));
        return (Kernels(kernels, shape, type), Make(bias, [convolution.Channels], type).DetachFromDisposeScope());
    }

    /// <summary>
    /// Kernels [out, in, rows, columns] and the bias. A batch normalisation is folded in, in float64: <c>w x g</c> and
    /// <c>(b - mean) x g + shift</c> with <c>g = scale / sqrt(variance + epsilon)</c>.
    /// </summary>
    private static (double[] Kernels, double[] Bias) Folded(Convolution convolution, NetworkWeights weights)
    {
        double[] kernels = Doubles(weights[$"{convolution.Weights}.weight"]);
        double[] bias = convolution.Bias ? Doubles(weights[$"{convolution.Weights}.bias"]) : new double[convolution.Channels];
        if (convolution.Norm is { } norm)
        {
            double[] scale = norm.Scale ? Doubles(weights[$"{norm.Weights}.weight"]) : [.. Enumerable.Repeat(1.0, convolution.Channels)];
            double[] shift = norm.Scale ? Doubles(weights[$"{norm.Weights}.bias"]) : new double[convolution.Channels];
            double[] mean = Doubles(weights[$"{norm.Weights}.running_mean"]), variance = Doubles(weights[$"{norm.Weights}.running_var"]);
            int each = kernels.Length / convolution.Channels;
            for (int channel = 0; channel < convolution.Channels; channel++)
            {
                double gain = scale[channel] / Math.Sqrt(variance[channel] + norm.Epsilon);
                TensorPrimitives.Multiply(kernels.AsSpan(channel * each, each), gain, kernels.AsSpan(channel * each, each));
                bias[channel] = (bias[channel] - mean[channel]) * gain + shift[channel];
            }
        }

        return (kernels, bias);
    }

    /// <summary>[out, in, rows, columns], channels last in memory as the activations are.</summary>
    private torch.Tensor Kernels(double[] values, long[] shape, torch.ScalarType type) => Kernels(Make(values, shape, type));

    /// <summary>The same, of kernels that are let go.</summary>
    private static torch.Tensor Kernels(torch.Tensor plain)
    {
        using torch.Tensor once = plain;
        using torch.Tensor permuted = once.permute(0, 2, 3, 1);
        using torch.Tensor reordered = permuted.contiguous();
        return reordered.permute(0, 3, 1, 2).DetachFromDisposeScope();
    }

    /// <summary>[1, C, 1, 1].</summary>
    private torch.Tensor PerChannel(WeightTensor tensor) => Make(Doubles(tensor), [1, tensor.Count, 1, 1], ElementType).DetachFromDisposeScope();

    private static double[] Doubles(WeightTensor tensor)
    {
        float[] singles = tensor.ToArray();
        var doubles = new double[singles.Length];
        TensorPrimitives.ConvertTruncating<float, double>(singles, doubles);
        return doubles;
    }

    private torch.Tensor Make(ReadOnlySpan<double> values, long[] shape, torch.ScalarType type)
    {
        using torch.Tensor host = torch.empty(shape, HostType);
        if (HostType == torch.ScalarType.Float64)
            values.CopyTo(MemoryMarshal.Cast<byte, double>(host.bytes));
        else
            TensorPrimitives.ConvertTruncating<double, float>(values, MemoryMarshal.Cast<byte, float>(host.bytes));
        using torch.Tensor rounded = host.to(type);
        return rounded.to(Device);
    }
}
