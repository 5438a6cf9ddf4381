namespace DreamFarm.Coordinator;

/// <summary>Places for so many at a time, and for so many of one owner.</summary>
internal sealed class OwnerSlots(int perOwner, int inAll)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Takes a place; disposing what it returns gives it back, once.</summary>
    /// <param name="ofOwner">Whether it was the owner's own limit that refused.</param>
    public IDisposable? TryTake(string owner, out bool ofOwner)
    {
        lock (_lock)
        {
            int his = _taken.GetValueOrDefault(owner);
            ofOwner = his >= perOwner;
            if (ofOwner || _all >= inAll)
                return null;
            _taken[owner] = his + 1;
            _all++;
            return new Place(this, owner);
        }
    }

    private void Leave(string owner)
    {
        lock (_lock)
        {
            _all--;
            if (--_taken[owner] == 0)
                _taken.Remove(owner);
        }
    }

    private sealed class Place(OwnerSlots slots, string owner) : IDisposable
    {
        private OwnerSlots? _slots = slots;

        public void Dispose() => Interlocked.Exchange(ref _slots, null)?.Leave(owner);
    }
}
