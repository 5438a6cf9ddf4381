namespace DreamFarm.Coordinator;

/// <summary>Keeps records for as long as the process lives.</summary>
internal sealed class MemoryJobStore : IJobStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Transition>> _histories = [];
    private readonly List<JobRecord> _jobs = [];

    public Task<JobRecord> AddAsync(JobRecord job, Transition transition, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (job.SubmissionId.Length > 0 && _jobs.Find(other => other.Owner == job.Owner && other.SubmissionId == job.SubmissionId) is { } first)
                return Task.FromResult(first);
            _jobs.Add(job);
            _histories.Add(job.Id, [transition]);
            return Task.FromResult(job);
        }
    }

    public Task UpdateAsync(JobRecord job, Transition? transition, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _jobs[_jobs.FindIndex(other => other.Id == job.Id)] = job;
            if (transition is not null)
                _histories[job.Id].Add(transition);
        }
        return Task.CompletedTask;
    }

    public Task<JobRecord?> FindAsync(string id, CancellationToken cancellation)
    {
        lock (_lock)
            return Task.FromResult(_jobs.Find(job => job.Id == id));
    }

    public Task<IReadOnlyList<JobRecord>> ListAsync(bool unfinished, CancellationToken cancellation)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<JobRecord>>([.. _jobs.Where(job => !unfinished || !job.IsFinished)]);
    }

    public Task<IReadOnlyList<Transition>> HistoryAsync(string id, CancellationToken cancellation)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<Transition>>([.. _histories.GetValueOrDefault(id, [])]);
    }

    public Task DeleteAsync(string id, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _jobs.RemoveAll(job => job.Id == id);
            _histories.Remove(id);
        }
        return Task.CompletedTask;
    }
}
