namespace DreamFarm.Dreaming;

/// <summary>
/// The Laplacian pyramid of the extended canvas, row by row. Its levels stand on the canvas's even rows and columns, those on the
/// even ones among these, and so on, however a pass begins. Rows that were not put count as zero: what they touch lies
/// outside of the rows that are wanted, if enough rows are put before and behind.
/// </summary>
internal sealed class LaplacianRows : IRowFilter
{
    private readonly PassShape _shape;
    private readonly RowSink _finished;
    private readonly RowExtension _extension;
    private readonly float[] _extended;
    private readonly float[] _result;
    private readonly int _before;
    private readonly int _length;
    private readonly PyramidLevel _finest;

    /// <param name="scales">By which each level is divided; empty to measure them instead.</param>
    public LaplacianRows(PassShape shape, int splits, IReadOnlyList<double> scales, RowSink finished, LevelSink measured)
    {
        (_shape, _finished) = (shape, finished);
        // As far as the filter looks, and the same number of pixels on every level.
        int unit = 1 << splits;
        _before = 4 * unit;
        _length = (_before + shape.Width + _before + unit - 1) / unit * unit;
        _extension = new RowExtension(shape.Width, _before, _length, shape.Boundary);
        _extended = new float[3 * _length];
        _result = new float[3 * shape.Width];

        float[] divisors = Divisors(scales);
        PyramidLevel? finer = null;
        for (int level = 0; level <= splits; level++)
        {
            int columns = (shape.Width + (1 << level) - 1) >> level;
            var next = new PyramidLevel(level, splits - level, _length >> level, _before >> level, columns, divisors.Length == 0 ? null : divisors[level])
            {
                Measured = (at, row, squares) =>
                {
                    if (shape.Wants(row << at))
                        measured(at, row << at, squares);
                },
            };
            if (finer is null)
                _finest = next;
            else
                finer.Coarser = next;
            finer = next;
        }
        _finest!.Merged = Finish;
    }

    public void Put(int row, ReadOnlySpan<float> values)
    {
        _extension.Extend(values, _extended);
        _finest.Put(row, _extended);
    }

    public void Dispose()
    {
        for (var level = _finest; level is not null; level = level.Coarser)
            level.Dispose();
    }

    /// <summary>A level that is empty but for rounding stays so.</summary>
    private static float[] Divisors(IReadOnlyList<double> scales)
    {
        double largest = scales.DefaultIfEmpty(0).Max();
        return [.. scales.Select(scale => largest == 0 ? 1 : (float)Math.Max(scale, 1e-6 * largest))];
    }

    private void Finish(int row, Span<float> values)
    {
        if (!_shape.Wants(row))
            return;
        for (int plane = 0; plane < 3; plane++)
            values.Slice(plane * _length + _before, _shape.Width).CopyTo(_result.AsSpan(plane * _shape.Width));
        _finished(row, _result);
    }
}
