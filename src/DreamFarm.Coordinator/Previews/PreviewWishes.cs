namespace DreamFarm.Coordinator;

/// <summary>Which previews somebody watches. A wish that is not repeated is forgotten.</summary>
internal sealed class PreviewWishes(TimeProvider time)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    // When each was repeated last.
    private readonly Dictionary<int, long> _wishes = [];

    /// <summary>Somebody wants previews of this longest side, pixels.</summary>
    public void Add(int side)
    {
        lock (_lock)
            _wishes[side] = time.GetTimestamp();
    }

    /// <summary>The sides that are wanted now.</summary>
    public IReadOnlyList<int> Now()
    {
        lock (_lock)
        {
            foreach (int side in _wishes.Where(wish => time.GetElapsedTime(wish.Value) > Lasts).Select(wish => wish.Key).ToArray())
                _wishes.Remove(side);
            return [.. _wishes.Keys];
        }
    }
}
