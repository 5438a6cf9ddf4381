namespace DreamFarm.Coordinator;

/// <summary>
/// What one party has had of the workers' time, among parties of equal right: an owner among the owners of a priority, a job
/// among its owner's jobs. The party that has had least is next, by start-time fair queueing (Goyal, Vin, Cheng: "Start-time
/// Fair Queueing", 1996): time in which a party wanted nothing counts as if it had been served, so that nobody saves it up.
/// </summary>
internal sealed class WorkerTimeShare
{
    /// <summary>
    /// Who wants time and can have none, because no worker there can do its job, is owed no more than this, seconds: without a limit
    /// it would have the farm for itself for as long as it waited.
    /// </summary>
    public const double MostOwed = 30;

    private readonly List<WorkerTimeShare> _parts = [];
    private int _wanting;
    private double _latest;

    internal WorkerTimeShare(WorkerTimeShare? whole, string name, int priority)
    {
        (Whole, Name, Priority) = (whole, name, priority);
        whole?._parts.Add(this);
        Had = whole?.Floor() ?? 0;
    }

    /// <summary>What this is a part of: a job's owner, an owner's priority; null of a priority.</summary>
    public WorkerTimeShare? Whole { get; }

    public string Name { get; }

    public int Priority { get; }

    /// <summary>Worker time that it has had, seconds, or that it lost by wanting none: what is compared.</summary>
    public double Had { get; private set; }

    public bool IsWanting => _wanting > 0;

    internal IReadOnlyList<WorkerTimeShare> Parts => _parts;

    /// <summary>One tile more that is waited for.</summary>
    public void Want()
    {
        if (!IsWanting && Whole is { } whole)
        {
            Had = Math.Max(Had, whole.Floor());
            whole.Want();
        }
        _wanting++;
    }

    /// <summary>One tile less that is waited for.</summary>
    public void Unwant()
    {
        _wanting--;
        if (IsWanting || Whole is not { } whole)
            return;
        whole._latest = Math.Max(whole._latest, Had);
        whole.Unwant();
    }

    /// <summary>It is given worker time: as much as is expected, to be corrected by <see cref="Correct"/>.</summary>
    /// <param name="seconds">Of one lane.</param>
    public void Take(double seconds)
    {
        for (var share = this; share.Whole is { } whole; share = whole)
        {
            foreach (var other in whole._parts)
            {
                // Somebody who has had less and wants more was passed over: nobody there can do it.
                if (other.IsWanting && other.Had < share.Had - MostOwed)
                    other.Had = share.Had - MostOwed;
            }
        }
        Correct(seconds);
    }

    /// <summary>What it took turns out to be more, or less.</summary>
    public void Correct(double seconds)
    {
        for (var share = this; share is not null; share = share.Whole)
            share.Had += seconds;
    }

    /// <summary>Whether it is to be served before another: a higher priority first, then the owner, then the job that has had less.</summary>
    public bool ComesBefore(WorkerTimeShare other)
    {
        if (Priority != other.Priority)
            return Priority > other.Priority;
        return Whole == other.Whole ? Had < other.Had : Whole!.Had < other.Whole!.Had;
    }

    internal void Remove(WorkerTimeShare part) => _parts.Remove(part);

    /// <summary>Nobody's claim goes back further than this: to the wanting part that has had least, or to where all stopped wanting.</summary>
    internal double Floor()
    {
        double least = double.PositiveInfinity;
        foreach (var part in _parts)
        {
            if (part.IsWanting)
                least = Math.Min(least, part.Had);
        }
        return double.IsPositiveInfinity(least) ? _latest : least;
    }
}
