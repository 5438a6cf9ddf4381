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
    /// differ from tile to tile by up to 1e-2; by oneDNN and with exact context it is the same to the last bit.
    /// </summary>
    private const int PointDilation = 2;

    private readonly Dictionary<string, (torch.Tensor Weight, torch.Tensor Bias)> convolutions = new(StringComparer.Ordinal);

    /// <exception cref="WeightsException">The file cannot be read.</exception>
    public FrozenNetwork(NetworkWeights weights, torch.Device device, EnginePrecision precision)
    {
        Description = weights.Network;
        Device = device;
        ElementType = precision == EnginePrecision.Float64 ? torch.ScalarType.Float64 : torch.ScalarType.Float32;
        foreach (Convolution convolution in Description.Nodes.Select(node => node.Operation).OfType<Convolution>())
        {
            if (!convolutions.ContainsKey(convolution.Weights))
                convolutions.Add(convolution.Weights, (Kernels(weights[$"{convolution.Weights}.weight"]), Vector(weights[$"{convolution.Weights}.bias"])));
        }
    }

    public NetworkDescription Description { get; }

    public Preprocessing? Preprocessing => Description.Preprocessing;

    public torch.Device Device { get; }

    public torch.ScalarType ElementType { get; }

    /// <summary>
    /// The activations [1, C, h/s, w/s] of the objective's layers in the order of its terms, with the graph that leads
    /// to them from <paramref name="canvas"/>, [1, 3, h, w] and preprocessed.
    /// </summary>
    public IReadOnlyList<torch.Tensor> Forward(OctaveObjective objective, torch.Tensor canvas)
    {
        // Handles to activations that only the graph needs are let go here, so that the backward pass can free each
        // activation as soon as it is through with it.
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable recorded = torch.enable_grad();
        var values = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { [Node.Input] = canvas };
        foreach (Node node in objective.Evaluation.Nodes)
            values[node.Name] = Evaluate(node, [.. node.Inputs.Select(input => values[input])]);
        return [.. objective.Terms.Select(term => scope.MoveToOuter(values[term.Layer]))];
    }

    public void Dispose()
    {
        foreach ((torch.Tensor weight, torch.Tensor bias) in convolutions.Values)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    private torch.Tensor Evaluate(Node node, torch.Tensor[] inputs)
    {
        switch (node.Operation)
        {
            case Convolution convolution:
                (torch.Tensor weight, torch.Tensor bias) = convolutions[convolution.Weights];
                torch.Tensor sum = functional.conv2d(inputs[0], weight, bias,
                    strides: Square(convolution.Stride), padding: Square(convolution.Padding), dilation: Square(convolution.Kernel == 1 ? PointDilation : 1));
                return convolution.Relu ? sum.relu_() : sum;
            case MaxPooling pooling:
                return functional.max_pool2d(inputs[0], pooling.Kernel, stride: pooling.Stride, padding: pooling.Padding, ceil_mode: pooling.CeilMode);
            case Concatenation:
                return torch.cat(inputs, 1);
            default:
                throw new NotSupportedException($"{Description.Name}: the engine cannot compute {node.Operation.GetType().Name} (node {node.Name}).");
        }
    }

    private static long[] Square(int side) => [side, side];

    /// <summary>[out, in, kernel, kernel], channels last in memory as the activations are.</summary>
    private torch.Tensor Kernels(WeightTensor tensor)
    {
        using torch.Tensor plain = Read(tensor);
        using torch.Tensor permuted = plain.permute(0, 2, 3, 1);
        using torch.Tensor reordered = permuted.contiguous();
        return reordered.permute(0, 3, 1, 2).DetachFromDisposeScope();
    }

    private torch.Tensor Vector(WeightTensor tensor) => Read(tensor).DetachFromDisposeScope();

    private torch.Tensor Read(WeightTensor tensor)
    {
        using torch.Tensor host = torch.empty([.. tensor.Shape.Select(side => (long)side)], ElementType);
        if (ElementType == torch.ScalarType.Float64)
            TensorPrimitives.ConvertTruncating<float, double>(tensor.ToArray(), MemoryMarshal.Cast<byte, double>(host.bytes));
        else
            tensor.CopyTo(MemoryMarshal.Cast<byte, float>(host.bytes));
        return host.to(Device);
    }
}
