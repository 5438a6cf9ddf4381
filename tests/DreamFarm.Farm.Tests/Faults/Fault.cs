namespace DreamFarm.Farm.Tests;

/// <summary>One thing that goes wrong, for a while.</summary>
/// <param name="After">Since the one before.</param>
/// <param name="Target">Which worker or connection; meaningless for kinds that have one target.</param>
internal sealed record Fault(TimeSpan After, FaultKind Kind, int Target, TimeSpan Lasts)
{
    /// <summary>A schedule that follows from its seed alone. Every kind occurs before one occurs again.</summary>
    public static IReadOnlyList<Fault> Schedule(int seed, int count, IReadOnlyList<FaultKind> kinds, int workers)
    {
        var random = new Random(seed);
        var faults = new List<Fault>(count);
        for (FaultKind[] next = []; faults.Count < count;)
        {
            if (faults.Count % kinds.Count == 0)
                random.Shuffle(next = [.. kinds]);
            faults.Add(new Fault(
                TimeSpan.FromSeconds(0.3 + 2.2 * random.NextDouble()),
                next[faults.Count % kinds.Count],
                random.Next(workers),
                TimeSpan.FromSeconds(0.5 + 3.5 * random.NextDouble())));
        }
        return faults;
    }
}
