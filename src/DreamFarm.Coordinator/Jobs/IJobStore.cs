namespace DreamFarm.Coordinator;

/// <summary>Keeps the records of jobs. A job's grain is the only writer of its record once it is added.</summary>
internal interface IJobStore
{
    /// <summary>Adds a new job; when this returns the job is accepted.</summary>
    Task AddAsync(JobRecord job, CancellationToken cancellation);

    /// <summary>Replaces a job's record.</summary>
    Task UpdateAsync(JobRecord job, CancellationToken cancellation);

    /// <summary>The job, or null.</summary>
    Task<JobRecord?> FindAsync(string id, CancellationToken cancellation);

    /// <summary>All jobs, oldest first.</summary>
    Task<IReadOnlyList<JobRecord>> ListAsync(CancellationToken cancellation);
}
