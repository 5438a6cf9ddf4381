namespace DreamFarm.Coordinator;

/// <summary>What the queue knows of a job.</summary>
/// <param name="Priority">Higher comes first.</param>
/// <param name="Begun">Whether work has been put into it already: its owner's other jobs come after it.</param>
/// <param name="Pixels">Of its largest canvas, which it holds in memory while it runs.</param>
[GenerateSerializer, Immutable]
internal sealed record QueueEntry(string Job, string Owner, int Priority, DateTimeOffset Submitted, bool Begun, long Pixels)
{
    /// <summary>The order among an owner's jobs of one priority: what was begun first, then the oldest.</summary>
    public static IComparer<QueueEntry> Order { get; } = Comparer<QueueEntry>.Create(static (a, b) =>
    {
        int order = b.Begun.CompareTo(a.Begun);
        if (order == 0)
            order = a.Submitted.CompareTo(b.Submitted);
        return order == 0 ? string.CompareOrdinal(a.Job, b.Job) : order;
    });

    public static QueueEntry Of(JobRecord job) => new(job.Id, job.Owner, job.Priority, job.Submitted, job.Started is not null, job.Output.Pixels);
}
