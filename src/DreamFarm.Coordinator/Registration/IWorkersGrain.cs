using Orleans.Concurrency;

namespace DreamFarm.Coordinator;

/// <summary>Who can compute. There is one, with key 0.</summary>
internal interface IWorkersGrain : IGrainWithIntegerKey
{
    /// <summary>Makes a worker known, or known again.</summary>
    Task RegisterAsync(WorkerRegistration worker);

    /// <summary>Renews a worker's lease.</summary>
    /// <param name="draining">It takes no more already.</param>
    Task<LeaseState> HeartbeatAsync(string id, bool draining);

    /// <summary>Has workers drain: they get no more tiles from now on, and hear of it with their next heartbeat.</summary>
    /// <param name="id">A worker's id, or how it begins.</param>
    /// <returns>Ids of the workers that it may mean; only if it is one, that one is told.</returns>
    Task<string[]> DrainAsync(string id);

    /// <summary>A worker leaves.</summary>
    Task LeaveAsync(string id);

    /// <summary>All workers, in the order in which they registered: a protobuf ListWorkersReply.</summary>
    Task<byte[]> ListAsync();

    /// <summary>What a silo's dispatcher has seen, for the workers that it may use.</summary>
    /// <param name="silo">Name of the silo.</param>
    /// <param name="statistics">What it has seen of each worker that it has been lent.</param>
    /// <param name="seen">The version of the loans that the silo knows; a newer one is waited for, about a second.</param>
    [AlwaysInterleave]
    Task<WorkerLoans> ExchangeAsync(string silo, long seen, WorkerStatistics[] statistics);
}
