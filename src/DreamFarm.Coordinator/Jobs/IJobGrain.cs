using Orleans.Concurrency;

namespace DreamFarm.Coordinator;

/// <summary>One job: moves it from state to state, runs it, and tells how it stands.</summary>
internal interface IJobGrain : IGrainWithStringKey
{
    /// <summary>It is the job's turn. Returns at once; the queue hears when the run has ended.</summary>
    /// <returns>Null if there is nothing to run, such as a job that was cancelled before its turn; of one that runs already, the same again.</returns>
    Task<JobStart?> StartAsync();

    /// <summary>Does to the job what <see cref="JobMoves"/> says; returns when it is written down, before a run has ended.</summary>
    /// <param name="who">For the history: who asks for it.</param>
    /// <param name="why">For the history: one sentence, or empty.</param>
    /// <returns>Null if there is no such job.</returns>
    Task<JobAnswer?> CommandAsync(JobCommand command, string who, string why);

    /// <summary>The job has been accepted: the queue is told, again and again until it has heard; returns when it has.</summary>
    [AlwaysInterleave]
    Task EnterAsync(QueueEntry job);

    /// <summary>One of the job's runs has ended. Nothing if that is known already.</summary>
    /// <param name="run">Which of them, as this activation counts them.</param>
    /// <param name="end">How: <see cref="JobCommand.Complete"/>, <see cref="JobCommand.Stop"/> or <see cref="JobCommand.Fail"/>.</param>
    /// <param name="problem">Why it failed, or stopped though nobody asked for it, one sentence; otherwise empty.</param>
    Task EndAsync(int run, JobCommand end, string problem);

    /// <summary>The workers' numerics class that the job takes and keeps to.</summary>
    Task TakeClassAsync(string numericsClass);

    /// <summary>A band has done, or failed at, what it was told to start.</summary>
    [AlwaysInterleave]
    Task ReportAsync(BandNews news);

    /// <summary>Adds a sentence to the history of a running job: where it goes on from, what could not be kept.</summary>
    Task NoteAsync(string sentence);

    /// <summary>The job as it is now, or as it is once it has changed.</summary>
    /// <param name="seen">The version that the caller knows; a newer one is waited for, some seconds. -1: none.</param>
    /// <param name="preview">Longest side of the previews wanted, pixels; 0: none.</param>
    /// <returns>Null if there is no such job.</returns>
    [AlwaysInterleave]
    Task<JobView?> LookAsync(long seen, int preview);
}
