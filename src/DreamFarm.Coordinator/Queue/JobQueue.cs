namespace DreamFarm.Coordinator;

/// <summary>
/// Who runs next, and who gives way. Jobs of a higher priority come first. Within a priority an owner who has nothing running
/// comes first, then whoever has been given the least (<see cref="OwnerAccounts"/>), and an owner's jobs in <see cref="QueueEntry.Order"/>.
/// When no place is free, a job of a strictly higher priority takes that of the lowest running one, and an owner who has nothing
/// running takes that of the newest job of an owner who runs two or more at the same priority. The next in line is never
/// passed by a smaller job, so a large canvas waits no longer than its turn.
/// </summary>
/// <param name="places">Jobs that run at once.</param>
/// <param name="pixels">Pixels of canvas that running jobs hold in memory together; a larger job runs alone.</param>
internal sealed class JobQueue(int places, long pixels)
{
    private readonly SortedDictionary<int, Level> _levels = new(Comparer<int>.Create(static (a, b) => b.CompareTo(a)));
    private readonly Dictionary<string, QueueEntry> _waiting = new(StringComparer.Ordinal);
    // In the order of their start.
    private readonly List<Place> _running = [];

    /// <summary>Whether no place is being cleared. One is at a time: who comes next is decided when it is free.</summary>
    private bool IsSettled => !_running.Any(place => place.GivesWay);

    /// <summary>A job waits. Nothing if it is here already.</summary>
    public void Add(QueueEntry job)
    {
        if (_running.Any(place => place.Entry.Job == job.Job) || !_waiting.TryAdd(job.Job, job))
            return;
        if (!_levels.TryGetValue(job.Priority, out var level))
            _levels.Add(job.Priority, level = new Level());
        level.Add(job);
    }

    /// <summary>A job waits no more. Nothing if it did not.</summary>
    public void Remove(string job)
    {
        if (!_waiting.Remove(job, out var entry))
            return;
        _levels[entry.Priority].Remove(entry);
        Tidy(entry);
    }

    /// <summary>The job to start now; null if none waits or there is no place for it.</summary>
    public QueueEntry? Next() => FindNext() is { } next && Fits(next, _running) ? next : null;

    /// <summary>The waiting job has started.</summary>
    /// <param name="megapixelSteps">The work that is left of it.</param>
    public void Start(QueueEntry job, double megapixelSteps)
    {
        _waiting.Remove(job.Job);
        var level = _levels[job.Priority];
        _running.Add(new Place(job, megapixelSteps));
        level.Remove(job);
        level.Share.Charge(job.Owner, megapixelSteps);
    }

    /// <summary>The running job that should give way to the next one; null if none should.</summary>
    /// <param name="why">One sentence for its history.</param>
    public QueueEntry? FindWay(out string why)
    {
        why = "";
        if (!IsSettled || FindNext() is not { } next || Fits(next, _running))
            return null;
        var place = FindLower(next);
        if (place is not null)
            why = "made way for a job of a higher priority";
        else if ((place = FindSecond(next)) is not null)
            why = "made way for an owner who had nothing running";
        return place?.Entry;
    }

    /// <summary>The running job has been told to give way; it does until it is freed.</summary>
    public void GiveWay(QueueEntry job) => _running.Find(place => place.Entry == job)!.GivesWay = true;

    /// <summary>A job's run has ended.</summary>
    /// <param name="left">The share of its work that it has not done, 0 .. 1.</param>
    /// <param name="again">The job if it waits again; otherwise null.</param>
    public void Free(string job, double left, QueueEntry? again)
    {
        int index = _running.FindIndex(place => place.Entry.Job == job);
        var place = index < 0 ? null : _running[index];
        if (place is not null)
        {
            _running.RemoveAt(index);
            _levels[place.Entry.Priority].Share.Settle(place.Entry.Owner, place.MegapixelSteps, left);
        }
        if (again is not null)
            Add(again);
        if (place is not null)
            Tidy(place.Entry);
    }

    private QueueEntry? FindNext()
    {
        foreach (var level in _levels.Values)
            if (level.Next(owner => _running.Any(place => place.Entry.Owner == owner)) is { } next)
                return next;
        return null;
    }

    // A running job of a lower priority: the lowest, and of these the newest. Only if all of them together would make room.
    private Place? FindLower(QueueEntry next) =>
        Fits(next, _running.Where(place => place.Entry.Priority >= next.Priority)) ? LastMin(_running.Where(place => place.Entry.Priority < next.Priority)) : null;

    private Place? FindSecond(QueueEntry next)
    {
        if (_running.Any(place => place.Entry.Owner == next.Owner))
            return null;
        var place = _running.FindLast(place => place.Entry.Priority == next.Priority
            && _running.Count(other => other.Entry.Owner == place.Entry.Owner && other.Entry.Priority == next.Priority) > 1);
        return place is not null && Fits(next, _running.Where(other => other != place)) ? place : null;
    }

    private static Place? LastMin(IEnumerable<Place> running) => running.Reverse().MinBy(place => place.Entry.Priority);

    private bool Fits(QueueEntry job, IEnumerable<Place> beside)
    {
        int count = 0;
        long held = job.Pixels;
        foreach (var place in beside)
        {
            count++;
            held += place.Entry.Pixels;
        }
        return count == 0 || (count < places && held <= pixels);
    }

    /// <summary>Forgets an owner at a priority at which he has neither waiting nor running jobs.</summary>
    private void Tidy(QueueEntry left)
    {
        var level = _levels[left.Priority];
        if (level.Waits(left.Owner) || _running.Any(place => place.Entry.Owner == left.Owner && place.Entry.Priority == left.Priority))
            return;
        level.Share.Leave(left.Owner);
        if (level.IsEmpty && !_running.Any(place => place.Entry.Priority == left.Priority))
            _levels.Remove(left.Priority);
    }

    private sealed class Place(QueueEntry entry, double megapixelSteps)
    {
        public QueueEntry Entry => entry;

        public double MegapixelSteps => megapixelSteps;

        public bool GivesWay { get; set; }
    }

    /// <summary>The waiting jobs of one priority.</summary>
    private sealed class Level
    {
        private readonly Dictionary<string, SortedSet<QueueEntry>> _owners = new(StringComparer.Ordinal);

        public OwnerAccounts Share { get; } = new();

        public bool IsEmpty => _owners.Count == 0;

        public bool Waits(string owner) => _owners.ContainsKey(owner);

        public void Add(QueueEntry job)
        {
            if (!_owners.TryGetValue(job.Owner, out var jobs))
                _owners.Add(job.Owner, jobs = new SortedSet<QueueEntry>(QueueEntry.Order));
            jobs.Add(job);
            Share.Enter(job.Owner);
        }

        public void Remove(QueueEntry job)
        {
            var jobs = _owners[job.Owner];
            jobs.Remove(job);
            if (jobs.Count == 0)
                _owners.Remove(job.Owner);
        }

        public QueueEntry? Next(Func<string, bool> runs) =>
            _owners.Count == 0 ? null : _owners
                .Select(each => (First: each.Value.Min!, Runs: runs(each.Key), Served: Share.Of(each.Key)))
                .OrderBy(each => each.Runs).ThenBy(each => each.Served).ThenBy(each => each.First, QueueEntry.Order)
                .First().First;
    }
}
