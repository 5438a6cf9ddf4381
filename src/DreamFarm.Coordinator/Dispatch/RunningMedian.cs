namespace DreamFarm.Coordinator;

/// <summary>The median of the last few values.</summary>
internal sealed class RunningMedian
{
    private readonly double[] _recent = new double[63];

    /// <summary>How many values have come.</summary>
    public int Count { get; private set; }

    /// <summary>Null before the first.</summary>
    public double? Value
    {
        get
        {
            if (Count == 0)
                return null;
            Span<double> sorted = stackalloc double[_recent.Length];
            sorted = sorted[..Math.Min(Count, _recent.Length)];
            _recent.AsSpan(0, sorted.Length).CopyTo(sorted);
            sorted.Sort();
            return sorted[sorted.Length / 2];
        }
    }

    public void Add(double value) => _recent[Count++ % _recent.Length] = value;
}
