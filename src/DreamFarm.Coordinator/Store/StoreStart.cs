using System.Text;
using Microsoft.Extensions.Logging;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Makes jobs and their files agree when a coordinator starts: a crash may have left a folder whose job was never accepted or was
/// deleted, or the pixels of one that was just done, and somebody may have taken away files of a job that is yet to run.
/// </summary>
internal sealed class StoreStart(Database database, IJobStore store, JobFiles files, TimeProvider time, ILogger<Database> log)
{
    /// <exception cref="StoreException">The store cannot be used, or is not the one that the data folder belongs to.</exception>
    /// <exception cref="IOException">The data folder cannot be read or changed.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await database.OpenAsync(cancellation);
        await database.ClaimAsync(cancellation);
        var jobs = await store.ListAsync(unfinished: false, owner: null, cancellation);
        // Only then is a folder without a job a leftover: with another store, every folder would be one.
        await PairAsync(jobs.Count, cancellation);

        foreach (string job in files.ListFolders().Except(jobs.Select(job => job.Id)))
        {
            files.DeleteFolder(job);
            log.LeftoverDeleted(job);
        }
        foreach (var job in jobs)
        {
            files.DeleteUnfinished(job.Id);
            if (job.State == V1.JobState.Done)
                files.DeletePixels(job.Id);
            if (job.IsFinished || File.Exists(JobFiles.Input(files.Folder(job.Id))))
                continue;
            var failed = job with { State = V1.JobState.Failed, Problem = "its input is no longer in the coordinator's data folder", Finished = time.GetUtcNow() };
            await store.UpdateAsync(failed, new Transition(time.GetUtcNow(), failed.State, Transition.Coordinator, failed.Problem), StorePatience.Short, cancellation);
            log.InputGone(job.Id);
        }
    }

    private async Task PairAsync(int jobs, CancellationToken cancellation)
    {
        string id = await database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("INSERT INTO store_identity (id) SELECT @id WHERE NOT EXISTS (SELECT 1 FROM store_identity)", ("id", Guid.NewGuid().ToString("N")));
            return (await session.QueryAsync("SELECT id FROM store_identity", row => row.GetString(0)))[0];
        }, StorePatience.Short, cancellation);

        string[] paired = File.Exists(files.StoreName) ? await File.ReadAllLinesAsync(files.StoreName, cancellation) : [];
        if (paired is [var known, var name, ..] && known != id)
            throw new StoreException(
                $"the data folder {files.DataFolder} has the files of the jobs in {name}, not of those in {database.Name}: start with that store, or with another folder",
                StoreTrouble.Unfit);
        if (paired.Length == 0 && jobs > 0)
            throw new StoreException(
                $"the job store {database.Name} has jobs whose files are in another data folder than {files.DataFolder}: start with that one",
                StoreTrouble.Unfit);
        if (paired.Length == 0)
            await DurableFile.WriteAsync(files.StoreName, Encoding.UTF8.GetBytes($"{id}\n{database.Name}\n"), cancellation);
    }
}
