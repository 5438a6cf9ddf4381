using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace DreamFarm.Coordinator.Tests;

/// <summary>A store that is away, or slow, when a test wants it to be.</summary>
internal sealed class TroubledStore(IJobStore store) : IJobStore
{
    public const string Sentence = "the job store does not answer: a test has its hand on it";

    /// <summary>Reads are refused.</summary>
    public bool ReadsFail { get; set; }

    /// <summary>Changes that would not wait for ever are refused.</summary>
    public bool ChangesFail { get; set; }

    /// <summary>Awaited before each change.</summary>
    public Func<JobRecord, Task>? Before { get; set; }

    /// <summary>Puts it in the place of a coordinator's own.</summary>
    public static void Use(ISiloBuilder silo) =>
        silo.Services.AddSingleton<IJobStore>(services => new TroubledStore(ActivatorUtilities.CreateInstance<SqlJobStore>(services)));

    public static TroubledStore Of(TestFarm farm) => (TroubledStore)farm.Coordinator.Services.GetRequiredService<IJobStore>();

    public Task<JobRecord> AddAsync(JobRecord job, Transition transition, CancellationToken cancellation) => store.AddAsync(job, transition, cancellation);

    public async Task UpdateAsync(JobRecord job, Transition? transition, StorePatience patience, CancellationToken cancellation)
    {
        if (ChangesFail && patience == StorePatience.Short)
            throw Away();
        await (Before?.Invoke(job) ?? Task.CompletedTask);
        await store.UpdateAsync(job, transition, patience, cancellation);
    }

    public Task<JobRecord?> FindAsync(string id, CancellationToken cancellation) => ReadsFail ? throw Away() : store.FindAsync(id, cancellation);

    public Task<JobRecord?> FindSubmissionAsync(string owner, string submissionId, CancellationToken cancellation) =>
        ReadsFail ? throw Away() : store.FindSubmissionAsync(owner, submissionId, cancellation);

    public Task<IReadOnlyList<JobRecord>> ListAsync(bool unfinished, string? owner, CancellationToken cancellation) =>
        ReadsFail ? throw Away() : store.ListAsync(unfinished, owner, cancellation);

    public Task<IReadOnlyList<Transition>> HistoryAsync(string id, CancellationToken cancellation) =>
        ReadsFail ? throw Away() : store.HistoryAsync(id, cancellation);

    public Task DeleteAsync(string id, CancellationToken cancellation) => ChangesFail ? throw Away() : store.DeleteAsync(id, cancellation);

    private static StoreException Away() => new(Sentence, StoreTrouble.Away);
}
