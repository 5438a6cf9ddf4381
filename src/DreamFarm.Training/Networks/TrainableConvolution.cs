using System.Numerics.Tensors;
using TorchSharp;
using TorchSharp.Modules;

namespace DreamFarm.Training;

/// <summary>A convolution without a bias, the batch normalisation behind it (which has one), and the ReLU where the network has one.</summary>
internal sealed class TrainableConvolution : IDisposable
{
    private const double NormEpsilon = 1e-5;

    /// <summary>L2, of all weights of a channel as they are first drawn: see the constructor.</summary>
    private const double FirstLength = 1.4142135623730951;

    private readonly Conv2d _convolution;
    private readonly BatchNorm2d _norm;
    private ChannelMoments? _measured;

    /// <summary>With the weights of He et al., "Delving Deep into Rectifiers" (2015).</summary>
    /// <param name="channels">Of the input.</param>
    public TrainableConvolution(Networks.Convolution operation, int channels, torch.Device device, Draws draws)
    {
        Operation = operation;
        _convolution = torch.nn.Conv2d(
            channels,
            operation.Channels,
            (operation.Kernel.Rows, operation.Kernel.Columns),
            stride: (operation.Stride, operation.Stride),
            padding: (operation.Padding.Rows, operation.Padding.Columns),
            dilation: (operation.Dilation, operation.Dilation),
            groups: operation.Groups,
            bias: false,
            device: device);
        _norm = torch.nn.BatchNorm2d(operation.Channels, eps: NormEpsilon, device: device);
        // Each of these may be a new handle whenever it is asked for, and optimizers know parameters by their handles.
        Kernels = new TensorValues($"{operation.Weights}.weight", _convolution.weight!);
        Scale = new TensorValues($"{operation.Weights}.norm.weight", _norm.weight!);
        Shift = new TensorValues($"{operation.Weights}.norm.bias", _norm.bias!);
        Mean = new TensorValues($"{operation.Weights}.norm.running_mean", _norm.running_mean!);
        Variance = new TensorValues($"{operation.Weights}.norm.running_var", _norm.running_var!);

        var kernels = new float[Kernels.Count];
        var each = kernels.Length / operation.Channels;
        draws.AddNoise(kernels, MathF.Sqrt(2f / each));
        Kernels.Write(kernels);
    }

    public Networks.Convolution Operation { get; }

    public TensorValues Kernels { get; }

    public TensorValues Scale { get; }

    public TensorValues Shift { get; }

    public TensorValues Mean { get; }

    public TensorValues Variance { get; }

    public void Train(bool training) => _norm.train(training);

    public torch.Tensor Forward(torch.Tensor input)
    {
        var sum = _convolution.forward(input);
        _measured?.Add(sum);
        sum = _norm.forward(sum);
        return Operation.Relu ? sum.relu_() : sum;
    }

    /// <summary>
    /// Kernels and bias with the normalisation folded in, in float64: <c>w x g</c> and <c>shift - mean x g</c> with
    /// <c>g = scale / sqrt(variance + epsilon)</c>.
    /// </summary>
    public (float[] Kernels, float[] Bias) Folded()
    {
        var (kernels, scale, shift, mean, variance) = (Kernels.Read(), Scale.Read(), Shift.Read(), Mean.Read(), Variance.Read());
        var bias = new float[scale.Length];
        var each = kernels.Length / scale.Length;
        for (var channel = 0; channel < scale.Length; channel++)
        {
            var gain = scale[channel] / Math.Sqrt(variance[channel] + NormEpsilon);
            bias[channel] = (float)(shift[channel] - mean[channel] * gain);
            foreach (ref var kernel in kernels.AsSpan(channel * each, each))
                kernel = (float)(kernel * gain);
        }
        return (kernels, bias);
    }

    /// <summary>Takes weights into which a normalisation was folded, and leaves a normalisation that does nothing but add the bias.</summary>
    public void TakeFolded(ReadOnlySpan<float> kernels, ReadOnlySpan<float> bias)
    {
        var (zeros, ones, variance) = (new float[bias.Length], new float[bias.Length], new float[bias.Length]);
        Array.Fill(ones, 1);
        Array.Fill(variance, (float)(1 - NormEpsilon));
        Kernels.Write(kernels);
        Scale.Write(ones);
        Shift.Write(bias);
        Mean.Write(zeros);
        Variance.Write(variance);
    }

    /// <summary>From now on measures what the normalisation is given.</summary>
    public void Measure() => _measured = new ChannelMoments(Operation.Channels);

    /// <summary>
    /// Changes the normalisation to the mean and variance that were measured, and its scale and shift so that together they do what they did before. Kernels
    /// are brought to the length of first weights, which changes nothing either, but says how far a step goes.
    /// </summary>
    public void NormaliseAsMeasured()
    {
        var (kernels, scale, shift, mean, variance) = (Kernels.Read(), Scale.Read(), Shift.Read(), Mean.Read(), Variance.Read());
        var each = kernels.Length / scale.Length;
        for (var channel = 0; channel < scale.Length; channel++)
        {
            var kernel = kernels.AsSpan(channel * each, each);
            var longer = FirstLength / Math.Max(TensorPrimitives.Norm<float>(kernel), 1e-6);
            TensorPrimitives.Multiply(kernel, (float)longer, kernel);
            var gain = scale[channel] / Math.Sqrt(variance[channel] + NormEpsilon);
            var (newMean, newVariance) = _measured![channel];
            shift[channel] += (float)((newMean - mean[channel]) * gain);
            mean[channel] = (float)(newMean * longer);
            variance[channel] = (float)(newVariance * longer * longer);
            scale[channel] = (float)(gain / longer * Math.Sqrt(variance[channel] + NormEpsilon));
        }
        Kernels.Write(kernels);
        Scale.Write(scale);
        Shift.Write(shift);
        Mean.Write(mean);
        Variance.Write(variance);
        _measured = null;
    }

    public void Dispose()
    {
        _convolution.Dispose();
        _norm.Dispose();
    }
}
