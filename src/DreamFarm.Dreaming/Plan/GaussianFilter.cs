namespace DreamFarm.Dreaming;

/// <summary>Smooths the gradient: a convolution with a Gaussian that is cut off after four standard deviations.</summary>
/// <param name="Sigma">Its standard deviation, pixels; above 0.</param>
public sealed record GaussianFilter(double Sigma) : GradientFilter
{
    /// <inheritdoc/>
    public override int Reach => (int)(4 * Sigma + 0.5);

    internal override int Levels => 0;

    internal override IRowFilter Open(PassShape shape, StepScales scales, RowSink finished, LevelSink measured) =>
        new GaussianRows(shape, Weights(), finished);

    /// <summary>The kernel from its middle outwards, Reach + 1 weights.</summary>
    private float[] Weights()
    {
        var weights = Enumerable.Range(0, Reach + 1).Select(x => Math.Exp(-0.5 * x * x / (Sigma * Sigma))).ToArray();
        double sum = 2 * weights.Sum() - 1;
        return [.. weights.Select(weight => (float)(weight / sum))];
    }
}
