using System.Numerics.Tensors;
using TorchSharp;

namespace DreamFarm.Training;

/// <summary>Mean and variance of each channel over all that is added.</summary>
internal sealed class ChannelMoments(int channels)
{
    private readonly double[] _sums = new double[channels];
    private readonly double[] _squares = new double[channels];
    private long _count;

    /// <summary>Adds a map [B, C, h, w].</summary>
    public void Add(torch.Tensor map)
    {
        ReadOnlySpan<float> values = TensorValues.Read(map);
        var cells = (int)(map.shape[2] * map.shape[3]);
        for (var plane = 0; plane < values.Length / cells; plane++)
        {
            var cellsOfPlane = values.Slice(plane * cells, cells);
            _sums[plane % channels] += TensorPrimitives.Sum(cellsOfPlane);
            _squares[plane % channels] += TensorPrimitives.SumOfSquares(cellsOfPlane);
        }
        _count += values.Length / channels;
    }

    public (double Mean, double Variance) this[int channel]
    {
        get
        {
            var mean = _sums[channel] / _count;
            return (mean, Math.Max(0, _squares[channel] / _count - mean * mean));
        }
    }
}
