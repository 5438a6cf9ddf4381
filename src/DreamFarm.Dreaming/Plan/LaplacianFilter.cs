namespace DreamFarm.Dreaming;

/// <summary>
/// Laplacian-pyramid normalisation (A. Mordvintsev's TensorFlow notebook "DeepDream", 2015, after Burt and Adelson, "The
/// Laplacian pyramid as a compact image code", 1983): the gradient is split into octaves of frequency, each is divided by its
/// root mean square over the whole canvas, and they are put together again. Fine and coarse patterns then grow alike.
/// </summary>
/// <param name="Splits">How often the gradient is split into what is finer and what is coarser; there are Splits + 1 levels.</param>
public sealed record LaplacianFilter(int Splits) : GradientFilter
{
    /// <summary>Two pixels at each level, on the way down and on the way up again.</summary>
    public override int Reach => 4 * ((1 << Splits) - 1);

    internal override int Levels => Splits + 1;

    internal override IRowFilter Open(PassShape shape, StepScales scales, RowSink finished, LevelSink measured) =>
        new LaplacianRows(shape, Splits, scales.Levels, finished, measured);
}
