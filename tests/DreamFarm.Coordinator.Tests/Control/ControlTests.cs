using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator.Tests;

public class ControlTests
{
    private const string Unknown = "d-abcdefghjk";

    private static Spec Small => new() { Network = "motif", Layers = "3a", Octaves = 2, Steps = 3, Tile = 64, MaxRoll = 64 };

    [Fact]
    public async Task A_paused_job_frees_the_workers_and_goes_on_to_the_same_bits()
    {
        await using var farm = await TestFarm.StartAsync();
        var gate = await GatedWorkerAsync(farm, windows: 14);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);
        await farm.WatchAsync(job.Id, seen => seen.Progress?.Step >= 0 && seen.Progress.Workers > 0);

        Assert.Equal(JobState.Paused, (await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id })).State);
        await farm.WatchAsync(job.Id, seen => seen.Message.Length == 0);
        Assert.Equal(0, farm.Coordinator.Services.GetRequiredService<JobSites>().Count);
        Assert.Equal(JobState.Paused, (await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id })).State);

        gate.SetResult();
        await farm.Jobs.ResumeAsync(new ResumeJobRequest { Id = job.Id });
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Done, ""), (done.State, done.Message));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(done));
        Assert.Equal(
            ["queued by local", "running by coordinator", "paused by local", "queued by local", "running by coordinator", "done by coordinator"],
            await HistoryAsync(farm, job.Id));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id }));
        Assert.Equal((StatusCode.FailedPrecondition, $"job {job.Id} is done; its picture is there for `jobs result`"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task A_job_that_failed_is_tried_again_as_if_it_had_not()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { JobsAtOnce = 1 });
        var gate = await GatedWorkerAsync(farm, windows: 0);
        string image = await farm.DrawAsync(96, 80);
        var first = await farm.SubmitAsync(image, Small);
        await farm.WatchAsync(first.Id, seen => seen.Progress?.Workers > 0);
        var job = await farm.SubmitAsync(image, Small);
        string input = JobFiles.Input(new JobFiles(farm.DataFolder).Folder(job.Id));
        byte[] kept = await File.ReadAllBytesAsync(input, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(input, kept[..(kept.Length / 2)], TestContext.Current.CancellationToken);
        gate.SetResult();
        var failed = await farm.FinishAsync(job.Id);
        Assert.Equal(JobState.Failed, failed.State);
        Assert.NotEmpty(failed.Message);

        await File.WriteAllBytesAsync(input, kept, TestContext.Current.CancellationToken);
        var again = await farm.Jobs.RetryAsync(new RetryJobRequest { Id = job.Id });
        Assert.Null(again.Finished);
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Done, ""), (done.State, done.Message));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(done));
    }

    [Fact]
    public async Task A_cancelled_job_is_tried_again()
    {
        await using var farm = await TestFarm.StartAsync();
        var gate = await GatedWorkerAsync(farm, windows: 5);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);
        await farm.WatchAsync(job.Id, seen => seen.Progress?.Workers > 0);
        await farm.Jobs.CancelAsync(new CancelJobRequest { Id = job.Id });
        Assert.Equal(JobState.Cancelled, (await farm.FinishAsync(job.Id)).State);
        gate.SetResult();
        await farm.Jobs.RetryAsync(new RetryJobRequest { Id = job.Id });
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal(JobState.Done, done.State);
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(done));
        Assert.Equal(
            ["queued by local", "running by coordinator", "cancelling by local", "cancelled by coordinator", "queued by local", "running by coordinator", "done by coordinator"],
            await HistoryAsync(farm, job.Id));
    }

    [Fact]
    public async Task Deleting_leaves_neither_record_nor_file_and_may_be_repeated()
    {
        await using var farm = await TestFarm.StartAsync();
        var gate = await GatedWorkerAsync(farm, windows: 5);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);
        await farm.WatchAsync(job.Id, seen => seen.Progress?.Workers > 0);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Jobs.DeleteAsync(new DeleteJobRequest { Id = job.Id }));
        Assert.Equal((StatusCode.FailedPrecondition, $"job {job.Id} is not finished; cancel it first"), (error.StatusCode, error.Status.Detail));

        // While its run still ends, too.
        await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id });
        await farm.Jobs.DeleteAsync(new DeleteJobRequest { Id = job.Id });
        Assert.False(Directory.Exists(new JobFiles(farm.DataFolder).Folder(job.Id)));
        Assert.Empty((await farm.Jobs.ListAsync(new ListJobsRequest())).Jobs);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id }))).StatusCode);
        await farm.Jobs.DeleteAsync(new DeleteJobRequest { Id = job.Id });
        await farm.Jobs.DeleteAsync(new DeleteJobRequest { Id = Unknown });
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await farm.Jobs.DeleteAsync(new DeleteJobRequest { Id = "../.." }))).StatusCode);
        gate.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync((await farm.SubmitAsync(image, Small)).Id)).State);
    }

    [Fact]
    public async Task A_job_makes_way_for_one_of_a_higher_priority_and_both_are_done_with_their_bits()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { JobsAtOnce = 1 });
        var gate = await GatedWorkerAsync(farm, windows: 9);
        string image = await farm.DrawAsync(96, 80);
        var low = await farm.SubmitAsync(image, Small);
        await farm.WatchAsync(low.Id, seen => seen.Progress?.Workers > 0);
        var high = await farm.SubmitAsync(image, new Spec(Small) { Seed = 7 }, priority: 3);
        await farm.WatchAsync(high.Id, seen => seen.State == JobState.Running);
        Assert.Equal(JobState.Queued, (await farm.Jobs.GetAsync(new GetJobRequest { Id = low.Id })).State);

        gate.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(high.Id)).State);
        var done = await farm.FinishAsync(low.Id);
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(done));
        Assert.Contains("queued by coordinator: made way for a job of a higher priority", await HistoryAsync(farm, low.Id, why: true));
    }

    [Fact]
    public async Task A_running_job_becomes_mixed_and_goes_on()
    {
        await using var farm = await TestFarm.StartAsync();
        var gate = await GatedWorkerAsync(farm, windows: 9);
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small);
        var running = (await farm.WatchAsync(job.Id, seen => seen.NumericsClass.Length > 0))[^1];
        Assert.False(running.Spec.Mixed);
        // The class is written down at once, not only shown.
        Assert.Equal(running.NumericsClass, (await farm.Coordinator.Services.GetRequiredService<IJobStore>().FindAsync(job.Id, TestContext.Current.CancellationToken))!.NumericsClass);

        var mixed = await farm.Jobs.ResumeAsync(new ResumeJobRequest { Id = job.Id, Mixed = true });
        Assert.True(mixed.Spec.Mixed);
        gate.SetResult();
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Done, true, ""), (done.State, done.Spec.Mixed, done.NumericsClass));
        Assert.Contains("queued by local: workers of any numerics class may share it", await HistoryAsync(farm, job.Id, why: true));
    }

    [Fact]
    public async Task Commands_that_change_nothing_leave_no_trace_in_the_history()
    {
        await using var farm = await TestFarm.StartAsync();
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small);
        await farm.WatchAsync(job.Id, seen => seen.State == JobState.Running);
        await farm.Jobs.ResumeAsync(new ResumeJobRequest { Id = job.Id });
        await farm.Jobs.RetryAsync(new RetryJobRequest { Id = job.Id });
        Assert.Equal(["queued by local", "running by coordinator"], await HistoryAsync(farm, job.Id));
    }

    [Theory]
    [InlineData(101, "", "--priority must be -100 to 100, not 101")]
    [InlineData(0, "short", "submission_id must be 16 to 64 letters, digits and hyphens, or empty")]
    public async Task What_a_submission_says_beside_its_spec_is_checked(int priority, string submission, string sentence)
    {
        await using var farm = await TestFarm.StartAsync();
        string image = await farm.DrawAsync(96, 80);
        var error = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(image, Small, priority: priority, submission: submission));
        Assert.Equal((StatusCode.InvalidArgument, sentence), (error.StatusCode, error.Status.Detail));
    }

    /// <summary>A worker that computes some windows at once and the others when the gate is opened.</summary>
    private static async Task<TaskCompletionSource> GatedWorkerAsync(TestFarm farm, int windows)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int asked = 0;
        await farm.AddInstantAsync(() => Interlocked.Increment(ref asked) > windows ? gate.Task : Task.CompletedTask);
        return gate;
    }

    /// <summary>The changes of state; what is noted in between is not among them.</summary>
    private static async Task<string[]> HistoryAsync(TestFarm farm, string job, bool why = false)
    {
        var history = (await farm.Jobs.HistoryAsync(new JobHistoryRequest { Id = job })).Transitions;
        Assert.Equal(history.OrderBy(transition => transition.Time.ToDateTime()), history);
        return [.. history
            .Where((transition, i) => why || i == 0 || transition.State != history[i - 1].State)
            .Select(transition => $"{transition.State.ToString().ToLowerInvariant()} by {transition.Who}{(why && transition.Why.Length > 0 ? $": {transition.Why}" : "")}")];
    }
}
