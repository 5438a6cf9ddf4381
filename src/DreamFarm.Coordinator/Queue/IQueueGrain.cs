namespace DreamFarm.Coordinator;

/// <summary>Who runs next. There is one, with key 0; a new activation takes up again what the store says is unfinished.</summary>
internal interface IQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Makes sure that the queue is at work.</summary>
    Task WakeAsync();

    /// <summary>A job waits. Nothing if the queue has it already.</summary>
    Task AddAsync(QueueEntry job);

    /// <summary>A job that waited waits no more.</summary>
    Task RemoveAsync(string job);

    /// <summary>A job's run has ended: its place is free.</summary>
    /// <param name="left">The share of its work that is not done, 0 .. 1.</param>
    /// <param name="again">The job if it waits again, such as one that gave way; otherwise null.</param>
    Task FreeAsync(string job, double left, QueueEntry? again);
}
