namespace DreamFarm.Coordinator;

/// <summary>
/// Who is served next: strict priorities; within a priority equal worker time for the owners who want some; within an owner equal
/// worker time for his jobs. Worker time is what tiles occupy lanes for, so that large tiles, expensive layers and many jobs
/// buy nobody more of the farm.
/// </summary>
internal sealed class WorkerTimeShares
{
    private readonly Dictionary<int, WorkerTimeShare> _priorities = [];

    /// <summary>A job comes.</summary>
    public WorkerTimeShare Join(string job, string owner, int priority)
    {
        if (!_priorities.TryGetValue(priority, out var whole))
            _priorities.Add(priority, whole = new WorkerTimeShare(null, "", priority));
        var owners = whole.Parts.FirstOrDefault(each => each.Name == owner) ?? new WorkerTimeShare(whole, owner, priority);
        return new WorkerTimeShare(owners, job, priority);
    }

    /// <summary>A job goes; nothing of it is wanted any more.</summary>
    public void Leave(WorkerTimeShare job)
    {
        var whole = job.Whole!.Whole!;
        job.Whole.Remove(job);
        // An owner who has had more than others is remembered, lest many short jobs get more than a long one.
        double floor = whole.Floor();
        foreach (var owner in whole.Parts.Where(each => each.Parts.Count == 0 && each.Had <= floor).ToArray())
            whole.Remove(owner);
        if (whole.Parts.All(owner => owner.Parts.Count == 0))
            _priorities.Remove(job.Priority);
    }
}
