using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>How a normaliser measures the gradient: the moments of its rows are added up, and make one number.</summary>
internal static class NormaliserMeasure
{
    /// <summary>Of one row; the values may be changed.</summary>
    public static Moments Of(this Normaliser normaliser, Span<float> row)
    {
        if (normaliser == Normaliser.MeanMagnitude)
            TensorPrimitives.Abs(row, row);
        return FixedLaneSums.Of(row);
    }

    /// <summary>Of the whole canvas.</summary>
    /// <param name="moments">The sum of all rows'.</param>
    /// <param name="values">How many values there are.</param>
    public static double Of(this Normaliser normaliser, Moments moments, long values) =>
        normaliser == Normaliser.MeanMagnitude ? moments.Mean(values) : moments.StandardDeviation(values);
}
