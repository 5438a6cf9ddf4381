using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>A separable symmetric convolution: along each row as it comes, then across the rows that are kept.</summary>
/// <param name="weights">From the middle outwards.</param>
internal sealed class GaussianRows(PassShape shape, float[] weights, RowSink finished) : IRowFilter
{
    private readonly int _reach = weights.Length - 1;
    private readonly RowExtension _extension = new(shape.Width, weights.Length - 1, shape.Width + 2 * (weights.Length - 1), shape.Boundary);
    private readonly float[] _extended = new float[3 * (shape.Width + 2 * (weights.Length - 1))];
    private readonly RowRing _smoothed = new(2 * weights.Length - 1, 3 * shape.Width);
    private readonly float[] _pair = new float[3 * shape.Width];
    private readonly float[] _result = new float[3 * shape.Width];

    public void Put(int row, ReadOnlySpan<float> values)
    {
        _extension.Extend(values, _extended);
        int length = shape.Width + 2 * _reach;
        for (int plane = 0; plane < 3; plane++)
        {
            var from = _extended.AsSpan(plane * length, length);
            var to = _smoothed[row].Slice(plane * shape.Width, shape.Width);
            TensorPrimitives.Multiply(from.Slice(_reach, shape.Width), weights[0], to);
            for (int distance = 1; distance <= _reach; distance++)
                AddPair(from.Slice(_reach - distance, shape.Width), from.Slice(_reach + distance, shape.Width), distance, to);
        }

        int middle = row - _reach;
        if (!shape.Wants(middle))
            return;
        TensorPrimitives.Multiply(_smoothed[middle], weights[0], _result);
        for (int distance = 1; distance <= _reach; distance++)
            AddPair(_smoothed[middle - distance], _smoothed[middle + distance], distance, _result);
        finished(middle, _result);
    }

    public void Dispose() => _smoothed.Dispose();

    private void AddPair(ReadOnlySpan<float> before, ReadOnlySpan<float> after, int distance, Span<float> sum)
    {
        var pair = _pair.AsSpan(0, sum.Length);
        TensorPrimitives.Add(before, after, pair);
        TensorPrimitives.FusedMultiplyAdd(pair, weights[distance], sum, sum);
    }
}
