using Orleans;

namespace DreamFarm.Coordinator;

/// <summary>Who runs next: first come, first served, some jobs at once. There is one, with key 0.</summary>
internal interface IQueueGrain : IGrainWithIntegerKey
{
    /// <summary>A job is in the store and waits.</summary>
    Task AddAsync(string job);

    /// <summary>A job that ran is finished: the next one may start.</summary>
    Task FinishedAsync(string job);
}
