namespace DreamFarm.Coordinator;

/// <summary>Pixels a second over the last while.</summary>
internal sealed class Speed(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Queue<(long Ticks, long Pixels)> _samples = [];

    /// <param name="pixels">Done so far, in all.</param>
    /// <returns>0 while nothing is known.</returns>
    public double At(long pixels)
    {
        long now = time.GetTimestamp();
        _samples.Enqueue((now, pixels));
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().Ticks, now) > Window)
            _samples.Dequeue();
        var (ticks, before) = _samples.Peek();
        double seconds = time.GetElapsedTime(ticks, now).TotalSeconds;
        return seconds > 0 ? Math.Max(0, pixels - before) / seconds : 0;
    }
}
