namespace DreamFarm.Dreaming;

/// <summary>The sum of values and of their squares.</summary>
public readonly record struct Moments(double Sum, double Squares)
{
    /// <summary>The moments of both sets of values together.</summary>
    public static Moments operator +(Moments a, Moments b) => new(a.Sum + b.Sum, a.Squares + b.Squares);

    /// <summary>The mean of <paramref name="count"/> values.</summary>
    public double Mean(long count) => Sum / count;

    /// <summary>The population standard deviation over <paramref name="count"/> values.</summary>
    public double StandardDeviation(long count)
    {
        double mean = Sum / count;
        return Math.Sqrt(Math.Max(0, Squares / count - mean * mean));
    }
}
