namespace DreamFarm.Coordinator;

/// <summary>
/// How long a job's tiles take from being sent to being answered: the running median of seconds a window pixel, which
/// makes one measure of windows of all shapes.
/// </summary>
internal sealed class TileTimes
{
    private readonly double[] _recent = new double[63];
    private int _count;

    public void Add(double seconds, long pixels) => _recent[_count++ % _recent.Length] = seconds / pixels;

    /// <summary>Seconds that a window of this size usually takes; null before the first answer.</summary>
    public double? Usual(long pixels)
    {
        if (_count == 0)
            return null;
        Span<double> sorted = stackalloc double[_recent.Length];
        sorted = sorted[..Math.Min(_count, _recent.Length)];
        _recent.AsSpan(0, sorted.Length).CopyTo(sorted);
        sorted.Sort();
        return sorted[sorted.Length / 2] * pixels;
    }
}
