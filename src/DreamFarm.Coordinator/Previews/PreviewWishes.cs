namespace DreamFarm.Coordinator;

/// <summary>Which previews somebody watches. A wish that is not repeated is forgotten.</summary>
internal sealed class PreviewWishes(TimeProvider time)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, DateTimeOffset> _until = [];

    /// <summary>Somebody wants previews of this longest side, pixels.</summary>
    public void Add(int side)
    {
        lock (_lock)
            _until[side] = time.GetUtcNow() + Lasts;
    }

    /// <summary>The sides that are wanted now.</summary>
    public IReadOnlyList<int> Now()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            foreach (int side in _until.Where(wish => wish.Value < now).Select(wish => wish.Key).ToArray())
                _until.Remove(side);
            return [.. _until.Keys];
        }
    }
}
