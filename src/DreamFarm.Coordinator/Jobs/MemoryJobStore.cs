namespace DreamFarm.Coordinator;

/// <summary>Keeps records for as long as the process lives.</summary>
internal sealed class MemoryJobStore : IJobStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _places = [];
    private readonly List<JobRecord> _jobs = [];

    public Task AddAsync(JobRecord job, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _places.Add(job.Id, _jobs.Count);
            _jobs.Add(job);
        }
        return Task.CompletedTask;
    }

    public Task UpdateAsync(JobRecord job, CancellationToken cancellation)
    {
        lock (_lock)
            _jobs[_places[job.Id]] = job;
        return Task.CompletedTask;
    }

    public Task<JobRecord?> FindAsync(string id, CancellationToken cancellation)
    {
        lock (_lock)
            return Task.FromResult(_places.TryGetValue(id, out int place) ? _jobs[place] : null);
    }

    public Task<IReadOnlyList<JobRecord>> ListAsync(CancellationToken cancellation)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<JobRecord>>([.. _jobs]);
    }
}
