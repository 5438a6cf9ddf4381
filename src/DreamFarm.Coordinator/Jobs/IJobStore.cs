namespace DreamFarm.Coordinator;

/// <summary>
/// Keeps the records of jobs and their histories. What a call has written is durable when it returns. A job's grain is the
/// only writer of its record once it is added.
/// </summary>
internal interface IJobStore
{
    /// <summary>Adds a new job and the beginning of its history; when this returns the job is accepted.</summary>
    /// <returns>The job; if its owner has made one of the same submission id before, that one, and nothing is added.</returns>
    /// <exception cref="OwnerLimitException">Its owner has as much as he may have.</exception>
    /// <exception cref="StoreException">The store is away or full, and nothing is added; but see <see cref="StoreException.MayBeWritten"/>.</exception>
    Task<JobRecord> AddAsync(JobRecord job, Transition transition, CancellationToken cancellation);

    /// <summary>Replaces a job's record, but for what never changes.</summary>
    /// <param name="transition">Added to its history if its state has changed; otherwise null.</param>
    /// <param name="patience">Whether to wait for a store that is away or full.</param>
    /// <exception cref="StoreException">The store is away or full, and patience at its end.</exception>
    Task UpdateAsync(JobRecord job, Transition? transition, StorePatience patience, CancellationToken cancellation);

    /// <summary>The job, or null.</summary>
    Task<JobRecord?> FindAsync(string id, CancellationToken cancellation);

    /// <summary>The job that an owner has made with a submission id, or null.</summary>
    Task<JobRecord?> FindSubmissionAsync(string owner, string submissionId, CancellationToken cancellation);

    /// <summary>Jobs, oldest first.</summary>
    /// <param name="unfinished">Only those that are not finished.</param>
    /// <param name="owner">Only his; null for everybody's.</param>
    Task<IReadOnlyList<JobRecord>> ListAsync(bool unfinished, string? owner, CancellationToken cancellation);

    /// <summary>A job's transitions, oldest first.</summary>
    Task<IReadOnlyList<Transition>> HistoryAsync(string id, CancellationToken cancellation);

    /// <summary>Deletes a job's record and history; of an unknown job nothing.</summary>
    /// <exception cref="StoreException">The store is away or full.</exception>
    Task DeleteAsync(string id, CancellationToken cancellation);
}
