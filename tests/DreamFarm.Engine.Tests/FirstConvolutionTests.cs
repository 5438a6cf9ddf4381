using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace DreamFarm.Engine.Tests;

/// <summary>The way back through a first convolution is the one that libtorch takes, to the rounding of float64.</summary>
public sealed class FirstConvolutionTests
{
    [Theory]
    [InlineData(7, 7, 2, 0, 0)] // SqueezeNet 1.0
    [InlineData(7, 7, 2, 3, 3)] // GoogLeNet, ResNet
    [InlineData(3, 3, 2, 0, 0)] // Inception v3
    [InlineData(11, 11, 4, 2, 2)] // AlexNet
    [InlineData(3, 3, 1, 1, 1)] // VGG
    [InlineData(4, 4, 4, 0, 0)]
    [InlineData(2, 2, 4, 0, 0)]
    [InlineData(1, 1, 1, 0, 0)]
    [InlineData(5, 3, 2, 2, 0)]
    [InlineData(1, 7, 1, 0, 3)]
    public void It_gives_the_gradient_of_any_rectangle(int rows, int columns, int stride, int paddingRows, int paddingColumns)
    {
        const int Height = 48, Width = 64, Channels = 5;
        using DisposeScope scope = torch.NewDisposeScope();
        var convolution = new Convolution("conv", Channels, new(rows, columns), stride, new(paddingRows, paddingColumns));
        double[] kernels = Noise(Channels * 3 * rows * columns, seed: 1);
        using var first = new FirstConvolution(convolution, kernels, Tensor);

        torch.Tensor canvas = Tensor(Noise(3 * Height * Width, seed: 2), [1, 3, Height, Width]).requires_grad_();
        torch.Tensor output = functional.conv2d(canvas, Tensor(kernels, [Channels, 3, rows, columns]), strides: [stride, stride], padding: [paddingRows, paddingColumns]).relu();
        torch.Tensor seed = Tensor(Noise((int)output.shape.Aggregate((a, b) => a * b), seed: 3), output.shape);
        torch.Tensor expected = torch.autograd.grad([output], [canvas], [seed])[0];

        using IDisposable unrecorded = torch.no_grad();
        foreach ((int top, int left, int height, int width) in new[] { (0, 0, Height, Width), (16, 20, 12, 16), (13, 5, 21, 33), (Height - 1, Width - 1, 1, 1), (0, 30, 7, 34) })
        {
            double[] gradient = Values(first.ToCanvas(output.mul(1), seed, top, left, height, width));
            double[] wanted = Values(expected.permute(0, 2, 3, 1).narrow(1, top, height).narrow(2, left, width));
            Assert.Equal(wanted.Length, gradient.Length);
            Assert.All(wanted.Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
    }

    [Fact]
    public void Where_the_stride_is_wider_than_the_kernel_it_is_left_to_the_library()
    {
        // 3 MB of weights, of which the way back would make 12 GB.
        var convolution = new Convolution("a", 1 << 18, 1, 64);
        NetworkDescription network = Make.MotifNetwork with { Nodes = [new("a", convolution, Node.Input)], Layers = [new("a", null)], Preprocessing = null, BuiltInWeights = null };
        using NetworkWeights weights = RandomWeights.Of(network);
        using var frozen = new FrozenNetwork(weights, torch.CPU, EnginePrecision.Float32);
        Assert.Equal(convolution, frozen.Description.Nodes[0].Operation);
        Assert.True(FirstConvolution.Fits(new Convolution("a", 64, 11, 4)));
    }

    private static double[] Noise(int count, ulong seed) =>
        [.. Enumerable.Range(0, count).Select(i => (SplitMix64.Mix((seed << 32) + (ulong)i) >> 11) / (double)(1L << 52) - 1)];

    private static torch.Tensor Tensor(double[] values, long[] shape)
    {
        torch.Tensor tensor = torch.empty(shape, torch.ScalarType.Float64);
        values.CopyTo(MemoryMarshal.Cast<byte, double>(tensor.bytes));
        return tensor;
    }

    private static double[] Values(torch.Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.contiguous().bytes).ToArray();
}
