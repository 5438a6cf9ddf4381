using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace DreamFarm.Coordinator.Tests;

/// <summary>What jobs and those who ask for them do while the store is away, or a part of the coordinator does not answer.</summary>
public class TroubleTests
{
    private static Spec Small => new() { Network = "motif", Layers = "3a", Octaves = 2, Steps = 2, Tile = 64, MaxRoll = 64 };

    [Fact]
    public async Task Whoever_asks_while_the_store_is_away_hears_so_in_a_sentence_and_nothing_has_changed()
    {
        await using var farm = await TestFarm.StartAsync(configure: TroubledStore.Use);
        var store = TroubledStore.Of(farm);
        var gate = new TaskCompletionSource();
        await farm.AddInstantAsync(() => gate.Task);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);

        store.ReadsFail = true;
        await AwayAsync(async () => await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id }));
        await AwayAsync(async () => await farm.Jobs.ListAsync(new ListJobsRequest()));
        await AwayAsync(async () => await farm.Jobs.HistoryAsync(new JobHistoryRequest { Id = job.Id }));
        await AwayAsync(async () => await farm.Jobs.DeleteAsync(new DeleteJobRequest { Id = job.Id }));
        await AwayAsync(() => farm.WatchAsync(job.Id));
        await AwayAsync(() => farm.ResultAsync(job.Id, ".png"));
        store.ReadsFail = false;

        store.ChangesFail = true;
        await AwayAsync(async () => await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id }));
        await AwayAsync(async () => await farm.Jobs.CancelAsync(new CancelJobRequest { Id = job.Id }));
        Assert.Equal(JobState.Running, (await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id })).State);
        gate.SetResult();
        // Neither the class that it cannot write down nor a note keeps it from its end.
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Done, ""), (done.State, done.Message));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(done));
        await AwayAsync(async () => await farm.Jobs.DeleteAsync(new DeleteJobRequest { Id = job.Id }));
        Assert.True(File.Exists(new JobFiles(farm.DataFolder).Canvas(job.Id)));
    }

    [Fact]
    public async Task An_accepted_job_is_acknowledged_and_runs_though_the_queue_does_not_answer_in_time()
    {
        await using var farm = await TestFarm.StartAsync(configure: silo =>
        {
            TroubledStore.Use(silo);
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10));
        });
        await farm.AddInstantAsync();
        var held = new TaskCompletionSource();
        TroubledStore.Of(farm).Before = record => record.State == JobState.Running ? held.Task : Task.CompletedTask;
        string image = await farm.DrawAsync(96, 80);
        var first = await farm.SubmitAsync(image, Small);
        var second = await farm.SubmitAsync(image, Small);
        Assert.Equal(JobState.Queued, second.State);
        held.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(first.Id)).State);
        Assert.Equal(JobState.Done, (await farm.FinishAsync(second.Id)).State);
    }

    [Fact]
    public async Task A_job_that_nobody_told_the_queue_of_runs_all_the_same()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        string image = await farm.DrawAsync(96, 80);
        var told = await farm.FinishAsync((await farm.SubmitAsync(image, Small)).Id);

        // As a commit leaves it whose answer was lost between the database and the coordinator.
        var store = farm.Coordinator.Services.GetRequiredService<IJobStore>();
        var record = (await store.FindAsync(told.Id, CancellationToken.None))! with { Id = JobIds.New(), State = JobState.Queued, Started = null, Finished = null, Progress = null };
        var files = new JobFiles(farm.DataFolder);
        Directory.CreateDirectory(files.Folder(record.Id));
        File.Copy(image, JobFiles.Input(files.Folder(record.Id)));
        await store.AddAsync(record);
        Assert.Equal(JobState.Done, (await farm.FinishAsync(record.Id)).State);
    }

    [Fact]
    public async Task A_part_of_the_coordinator_that_answers_late_costs_a_job_time_and_not_its_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only a pipe with a name holds up whoever opens it");
        await using var farm = await TestFarm.StartAsync(
            options => options with { JobsAtOnce = 1 },
            silo => silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10)));
        await farm.AddInstantAsync();
        string image = await farm.DrawAsync(96, 80);
        var first = await farm.SubmitAsync(image, new Spec(Small) { Steps = 10_000 });
        var job = await farm.SubmitAsync(image, Small);
        Assert.Equal(JobState.Queued, job.State);
        // A band that opens the decoded input waits until somebody writes, under whatever name the pipe still has.
        string pixels = JobFiles.Pixels(new JobFiles(farm.DataFolder).Folder(job.Id)), pipe = Path.Combine(farm.DataFolder, "pipe");
        foreach (string[] command in (string[][])[["mkfifo", pipe], ["ln", pipe, pixels]])
        {
            using var run = System.Diagnostics.Process.Start(command[0], command[1..]);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        await farm.Jobs.CancelAsync(new CancelJobRequest { Id = first.Id });
        while (!await LateAsync())
            await Task.Delay(100, TestContext.Current.CancellationToken);
        // Who opened the pipe fails on it and is heard no more; who comes next finds the picture.
        string decoded = Path.Combine(farm.Folder, "decoded");
        await DreamFarm.Imaging.ImageReader.DecodeAsync(image, decoded, decoded + ".alpha", cancellationToken: TestContext.Current.CancellationToken);
        File.Move(decoded, pixels, overwrite: true);
        File.OpenHandle(pipe, FileMode.Open, FileAccess.ReadWrite).Dispose();

        var done = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Done, ""), (done.State, done.Message));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(done));

        async Task<bool> LateAsync()
        {
            var history = await farm.Jobs.HistoryAsync(new JobHistoryRequest { Id = job.Id });
            return history.Transitions.Any(transition => transition is { State: JobState.Queued, Who: "coordinator", Why: "a part of the coordinator did not answer in time" });
        }
    }

    [Fact]
    public async Task News_of_an_earlier_run_s_end_that_come_twice_do_not_end_a_later_one()
    {
        await using var farm = await TestFarm.StartAsync(configure: TroubledStore.Use);
        var gate = new TaskCompletionSource();
        await farm.AddInstantAsync(() => gate.Task);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);
        await farm.WatchAsync(job.Id, seen => seen.Progress?.Workers > 0);
        await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id });
        await farm.WatchAsync(job.Id, seen => seen.Message.Length == 0);
        await farm.Jobs.ResumeAsync(new ResumeJobRequest { Id = job.Id });
        await farm.WatchAsync(job.Id, seen => seen.State == JobState.Running);

        // As after a store that was away for longer than a call may take.
        await farm.Coordinator.Services.GetRequiredService<IGrainFactory>().GetGrain<IJobGrain>(job.Id).EndAsync(1, JobCommand.Fail, "an earlier run");
        Assert.Equal(JobState.Running, (await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id })).State);
        gate.SetResult();
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Done, ""), (done.State, done.Message));
    }

    private static async Task AwayAsync(Func<Task> ask)
    {
        var error = await Assert.ThrowsAsync<RpcException>(ask);
        Assert.Equal((StatusCode.Unavailable, $"{TroubledStore.Sentence}: ask again a little later"), (error.StatusCode, error.Status.Detail));
    }
}
