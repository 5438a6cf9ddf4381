using Orleans;
using Orleans.Concurrency;

namespace DreamFarm.Coordinator;

/// <summary>One job: runs it, and tells how it stands.</summary>
internal interface IJobGrain : IGrainWithStringKey
{
    /// <summary>It is the job's turn. Returns at once; the queue hears when the job is finished.</summary>
    /// <returns>False if there is nothing to run: cancelled before its turn, or running already.</returns>
    Task<bool> StartAsync();

    /// <summary>Cancels a waiting or running job; returns at once. Changes nothing in a finished one.</summary>
    Task CancelAsync();

    /// <summary>A band has done, or failed at, what it was told to start.</summary>
    [AlwaysInterleave]
    Task ReportAsync(BandNews news);

    /// <summary>The job as it is now, or as it is once it has changed.</summary>
    /// <param name="seen">The version that the caller knows; a newer one is waited for, some seconds. -1: none.</param>
    /// <param name="preview">Longest side of the previews wanted, pixels; 0: none.</param>
    /// <returns>Null if there is no such job.</returns>
    [AlwaysInterleave]
    Task<JobView?> LookAsync(long seen, int preview);
}
