using System.Diagnostics;
using DreamFarm.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator.Tests;

public class RecoveryTests
{
    private static Spec Small => new() { Network = "motif", Layers = "3a", Octaves = 2, Steps = 3, Tile = 64, MaxRoll = 64 };

    [Fact]
    public async Task A_coordinator_that_starts_again_takes_up_every_job_as_it_was_left()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { JobsAtOnce = 1 });
        string image = await farm.DrawAsync(96, 80);
        var jobs = new List<Job>();
        for (int i = 0; i < 4; i++)
            jobs.Add(await farm.SubmitAsync(image, Small));
        var (running, queued, cancelling, paused) = (jobs[0].Id, jobs[1].Id, jobs[2].Id, jobs[3].Id);
        await farm.WatchAsync(running, seen => seen.State == JobState.Running);
        await farm.Jobs.PauseAsync(new PauseJobRequest { Id = paused });
        // As a crash in the middle of a cancellation leaves it.
        var record = await Store(farm).FindAsync(cancelling, TestContext.Current.CancellationToken);
        await Store(farm).UpdateAsync(
            record! with { State = JobState.Cancelling }, new Transition(DateTimeOffset.UtcNow, JobState.Cancelling, "local", ""), StorePatience.Endless, TestContext.Current.CancellationToken);

        await farm.RestartAsync();
        Assert.Equal(JobState.Running, (await farm.WatchAsync(running, seen => seen.State == JobState.Running))[^1].State);
        Assert.Equal([JobState.Running, JobState.Queued, JobState.Cancelled, JobState.Paused],
            (await farm.Jobs.ListAsync(new ListJobsRequest())).Jobs.Select(job => job.State));
        Assert.Contains("queued: the coordinator was restarted", await MovesAsync(farm, running));
        Assert.Equal(["queued"], await MovesAsync(farm, queued));
        Assert.Equal(["queued", "cancelling", "cancelled: the coordinator was restarted"], await MovesAsync(farm, cancelling));
        Assert.Equal(["queued", "paused"], await MovesAsync(farm, paused));

        await farm.AddInstantAsync();
        foreach (string id in new[] { running, queued })
            Assert.Equal(JobState.Done, (await farm.FinishAsync(id)).State);
    }

    [Fact]
    public async Task A_thousand_finished_and_fifty_queued_jobs_do_not_delay_a_start()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { JobsAtOnce = 1 });
        string image = await farm.DrawAsync(96, 80);
        var first = await farm.SubmitAsync(image, Small);
        // What a start takes without them, on this machine and with what else it does.
        var alone = new Stopwatch();
        await farm.RestartAsync(alone.Start);
        await farm.WatchAsync(first.Id, seen => seen.State == JobState.Running);
        alone.Stop();
        var store = Store(farm);
        var record = (await store.FindAsync(first.Id, TestContext.Current.CancellationToken))!;
        var files = new JobFiles(farm.DataFolder);
        for (int i = 0; i < 1050; i++)
        {
            var job = record with { Id = JobIds.New(), Submitted = record.Submitted.AddSeconds(i + 1), SubmissionId = "", State = i < 1000 ? JobState.Done : JobState.Queued };
            Directory.CreateDirectory(files.Folder(job.Id));
            foreach (string path in Directory.GetFiles(files.Folder(first.Id)))
                File.Copy(path, Path.Combine(files.Folder(job.Id), Path.GetFileName(path)));
            await store.AddAsync(job, new Transition(job.Submitted, job.State, job.Owner, ""), TestContext.Current.CancellationToken);
        }

        // The quickest of three: what the machine does beside one of them is not theirs.
        var waited = TimeSpan.MaxValue;
        for (int starts = 0; starts < 3; starts++)
        {
            var start = new Stopwatch();
            await farm.RestartAsync(start.Start);
            await farm.WatchAsync(first.Id, seen => seen.State == JobState.Running);
            waited = start.Elapsed < waited ? start.Elapsed : waited;
        }
        Assert.True(waited < 5 * alone.Elapsed + TimeSpan.FromSeconds(4), $"running after {waited}, without them after {alone.Elapsed}");
        TestContext.Current.SendDiagnosticMessage($"running {waited.TotalSeconds:F2} s after the start, {alone.Elapsed.TotalSeconds:F2} s without them");
        var unfinished = (await farm.Jobs.ListAsync(new ListJobsRequest { Unfinished = true })).Jobs;
        Assert.Equal(51, unfinished.Count);
        Assert.Equal(50, unfinished.Count(job => job.State == JobState.Queued));
    }

    private static IJobStore Store(TestFarm farm) => farm.Coordinator.Services.GetRequiredService<IJobStore>();

    private static async Task<string[]> MovesAsync(TestFarm farm, string job) =>
        [.. (await farm.Jobs.HistoryAsync(new JobHistoryRequest { Id = job })).Transitions
            .Select(transition => $"{transition.State.ToString().ToLowerInvariant()}{(transition.Why.Length > 0 ? $": {transition.Why}" : "")}")];
}
