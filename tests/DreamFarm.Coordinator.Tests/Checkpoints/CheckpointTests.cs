using DreamFarm.Dreaming;
using DreamFarm.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Jobs that end in the middle and go on: one window a step, so that a test can count steps.</summary>
public class CheckpointTests
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private static Spec Small => new() { Network = "motif", Layers = "3a", Octaves = 2, Steps = 3, Tile = 512, MaxRoll = 64, StepSize = 0.1 };

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(3, 0, 3)]
    [InlineData(4, 1, 1)]
    [InlineData(5, 1, 2)]
    public async Task A_job_that_is_stopped_after_any_step_goes_on_from_there_with_the_same_bits(int steps, int octave, int stepsOfIt)
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = Never });
        var (job, image) = await RunAsync(farm, steps);
        await farm.RestartAsync();
        Assert.Equal(new Position(octave, stepsOfIt), Checkpoints(farm, job).Positions()[0]);

        int windows = 0;
        await farm.AddInstantAsync(() => Task.FromResult(Interlocked.Increment(ref windows)));
        var seen = await farm.WatchAsync(job.Id);
        Assert.Equal(JobState.Done, seen[^1].State);
        Assert.Equal(6 - steps, windows);
        Assert.Equal([$"it goes on from octave {octave + 1} after {stepsOfIt} steps"], await farm.HistoryAsync(job.Id));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(job));
        Assert.Equal(1, seen[^1].Progress.Fraction);
        Assert.True(seen.Where(now => now.Progress is { Step: >= 0 }).All(now => now.Progress.Fraction >= (octave == 0 ? 0.1 : 0.33) * stepsOfIt / 3));
        // Nothing of it is needed any more.
        Assert.Empty(Checkpoints(farm, job).Positions());
        Assert.Null(seen[^1].Checkpoint);
    }

    [Fact]
    public async Task A_canvas_of_several_bands_goes_on_with_the_same_bits()
    {
        var spec = new Spec(Small) { Octaves = 1, Tile = 1024, OutputSize = new Protocol.V1.Size { Width = 2600, Height = 3400 } };
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        var (job, image) = await RunAsync(farm, steps: 12 + 4, spec);
        // It is written beside the next step.
        await UntilAsync(() => Checkpoints(farm, job).Positions().Count > 0);
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(Checkpoints(farm, job).Part(new Position(0, 1), 0))!, "band-*").Length);
        await farm.RestartAsync();
        await farm.AddInstantAsync();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        Assert.Equal(["it goes on from octave 1 after 1 steps"], await farm.HistoryAsync(job.Id));
        Assert.Equal(await farm.DreamAsync(image, spec, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Theory]
    // Windows: octave 1 is measured and has three steps, octave 2 likewise.
    [InlineData("strongest 3", 2, "it goes on from octave 1 after 1 steps")]
    [InlineData("strongest 3", 4, "it goes on from octave 1 after 3 steps")]
    [InlineData("weakest 2", 6, "it goes on from octave 2 after 1 steps")]
    [InlineData("average 4 once", 3, "it goes on from octave 1 after 2 steps")]
    [InlineData("average 4 once", 5, "it goes on from octave 2 after 1 steps")]
    public async Task A_job_goes_on_with_the_channels_that_its_octave_was_begun_with(string rank, int windows, string expected)
    {
        var spec = new Spec(Small) { Layers = $"3a[{rank}]" };
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        var (job, image) = await RunAsync(farm, windows, spec);
        await farm.RestartAsync();
        Assert.Matches(@"^l2\(3a\[\d+(-\d+)?(,\d+(-\d+)?)*\]\):1$", Checkpoints(farm, job).Newest()!.Objective);
        await farm.AddInstantAsync();
        var seen = await farm.WatchAsync(job.Id);
        Assert.Equal(JobState.Done, seen[^1].State);
        Assert.Equal([expected], await farm.HistoryAsync(job.Id));
        Assert.Equal(await farm.DreamAsync(image, spec, _ => new InstantGradients()), farm.Canvas(job));
        Assert.StartsWith("l2(3a[", seen[^1].Progress.Objective);

        // Said once for each octave, though one was interrupted.
        var history = await farm.Coordinator.Services.GetRequiredService<IJobStore>().HistoryAsync(job.Id, TestContext.Current.CancellationToken);
        string[] notes = [.. history.Select(transition => transition.Why).Where(why => why.Contains("is dreamt with"))];
        Assert.StartsWith("octave 1 is dreamt with l2(3a[", notes[0]);
        Assert.Equal($"octave 2 is dreamt with {seen[^1].Progress.Objective}", Assert.Single(notes[1..]));
    }

    [Fact]
    public async Task A_checkpoint_that_lacks_the_channels_is_passed_over()
    {
        var spec = new Spec(Small) { Layers = "3a[strongest 3]" };
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        var (job, image) = await RunAsync(farm, steps: 3, spec);
        await farm.RestartAsync(() =>
        {
            foreach (var position in Checkpoints(farm, job).Positions())
            {
                string path = Path.Combine(Path.GetDirectoryName(Checkpoints(farm, job).Part(position, 0))!, "manifest.json");
                File.WriteAllBytes(path, (CheckpointManifest.Read(path, out _)! with { Objective = "l2(3a[0]):1" }).ToFile());
            }
        });
        await farm.AddInstantAsync();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        Assert.EndsWith("it does not say with which channels its octave was begun; it begins anew", Assert.Single(await farm.HistoryAsync(job.Id)));
        Assert.Equal(await farm.DreamAsync(image, spec, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Fact]
    public async Task A_worker_that_ends_while_it_measures_costs_no_bit()
    {
        var spec = new Spec(Small) { Layers = "3a[strongest 3]", Tile = 32 };
        await using var farm = await TestFarm.StartAsync();
        string image = await farm.DrawAsync(96, 80);
        var mortal = await farm.AddInstantAsync();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mortal.Measure = (_, _) =>
        {
            begun.TrySetResult();
            return Task.Delay(Timeout.Infinite);
        };
        var job = await farm.SubmitAsync(image, spec);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        var measuring = await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id });
        Assert.Equal((JobState.Running, "", true), (measuring.State, measuring.Progress.Objective, measuring.Progress.Measuring));
        await mortal.DisposeAsync();
        await farm.AddInstantAsync();
        var seen = await farm.WatchAsync(job.Id);
        Assert.Equal(JobState.Done, seen[^1].State);
        Assert.DoesNotContain(seen, now => now.Progress is { Measuring: true } and not { Objective: "", Step: -1 });
        Assert.False(seen[^1].Progress.Measuring);
        Assert.Equal(await farm.DreamAsync(image, spec, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Theory]
    [InlineData(JobState.Cancelled)]
    [InlineData(JobState.Paused)]
    public async Task A_job_that_is_ended_while_it_measures_does_not_seem_to_measure_any_more(JobState state)
    {
        await using var farm = await TestFarm.StartAsync();
        var worker = await farm.AddInstantAsync();
        worker.Measure = (_, _) => Task.Delay(Timeout.Infinite);
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), new Spec(Small) { Layers = "3a[strongest 3]" });
        Assert.True((await farm.WatchAsync(job.Id, now => now.Progress is { Measuring: true }))[^1].Progress.Measuring);
        if (state == JobState.Paused)
            await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id });
        else
            await farm.Jobs.CancelAsync(new CancelJobRequest { Id = job.Id });
        // Whoever is paused is told of while the run still ends; what it came to is written down then.
        var ended = (await farm.WatchAsync(job.Id, now => now.State == state && now.Message.Length == 0))[^1];
        Assert.Equal((state, false), (ended.State, ended.Progress.Measuring));

        await farm.RestartAsync();
        ended = await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id });
        Assert.Equal((state, false), (ended.State, ended.Progress.Measuring));
    }

    [Theory]
    [InlineData("bit", "its part 1 has other bytes than were written")]
    [InlineData("cut", "its part 1 has 9 bytes instead of 46080")]
    [InlineData("part", "its part 1 is missing")]
    [InlineData("manifest", "its manifest is not readable")]
    [InlineData("format", "its format is 2, and this program reads format 1")]
    [InlineData("other", "it lies in another's folder")]
    public async Task A_damaged_checkpoint_is_passed_over_for_the_one_before_and_that_is_said(string damage, string expected)
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        var (job, image) = await RunAsync(farm, steps: 5);
        await farm.RestartAsync(() => Damage(farm, job, damage, Checkpoints(farm, job).Positions()[0]));
        await farm.AddInstantAsync();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        Assert.Equal([$"the checkpoint of octave 2 after 2 steps is passed over: {expected}; it goes on from octave 2 after 1 steps"], await farm.HistoryAsync(job.Id));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Fact]
    public async Task Without_a_whole_checkpoint_a_job_begins_anew_and_says_so()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        var (job, image) = await RunAsync(farm, steps: 5);
        await farm.RestartAsync(() =>
        {
            foreach (var position in Checkpoints(farm, job).Positions())
                Damage(farm, job, "bit", position);
        });
        await farm.AddInstantAsync();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        Assert.Equal(["the checkpoint of octave 2 after 2 steps is passed over: its part 1 has other bytes than were written; "
            + "the checkpoint of octave 2 after 1 steps is passed over: its part 1 has other bytes than were written; it begins anew"], await farm.HistoryAsync(job.Id));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Theory]
    // In the middle of an octave, and at an octave's end.
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_slow_disk_holds_up_the_next_ascent_and_not_the_next_gradient(int step)
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        var disk = farm.Coordinator.Services.GetRequiredService<JobSites>().Keeping;
        int windows = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await farm.AddInstantAsync(() => Interlocked.Increment(ref windows) == step ? gate.Task : Task.CompletedTask);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);
        await UntilAsync(() => Volatile.Read(ref windows) == step && (step == 1 || Checkpoints(farm, job).Positions().FirstOrDefault() == new Position(0, step - 1)));
        await disk.WaitAsync(TestContext.Current.CancellationToken);
        await disk.WaitAsync(TestContext.Current.CancellationToken);
        gate.SetResult();

        // The next step's window is computed; what comes after it is not, and no checkpoint of this step is there.
        await UntilAsync(() => Volatile.Read(ref windows) == step + 1);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(step + 1, windows);
        Assert.DoesNotContain(new Position(0, step), Checkpoints(farm, job).Positions());
        disk.Release(2);
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Fact]
    public async Task A_disk_that_takes_no_checkpoint_costs_the_job_nothing_and_is_said_once()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        string image = await farm.DrawAsync(96, 80);
        int windows = 0;
        string? blocked = null;
        string? expected = null;
        await farm.AddInstantAsync(() =>
        {
            // A file where the folder would be; it goes away later.
            int count = Interlocked.Increment(ref windows);
            if (count == 1)
                File.WriteAllText(blocked = new JobFiles(farm.DataFolder).Checkpoints(Assert.Single(Directory.GetDirectories(Path.Combine(farm.DataFolder, "jobs")))), "");
            else if (count == 5)
                File.Delete(blocked!);
            return Task.CompletedTask;
        });
        var job = await farm.SubmitAsync(image, Small);
        var seen = await farm.WatchAsync(job.Id);
        Assert.Equal(JobState.Done, seen[^1].State);
        expected = Assert.Single(await farm.HistoryAsync(job.Id));
        Assert.StartsWith("a checkpoint could not be kept, and will be tried again: a file of the job could not be read or written on the coordinator: ", expected);
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Fact]
    public async Task A_job_that_failed_keeps_its_checkpoints_and_shows_the_newest()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = TimeSpan.Zero });
        int windows = 0;
        var worker = await farm.AddInstantAsync();
        var answer = worker.Answer;
        worker.Answer = (window, reply) => Interlocked.Increment(ref windows) > 5 ? reply.FailAsync(window, "out of memory") : answer(window, reply);
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small);
        var failed = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Failed, 1, 2), (failed.State, failed.Checkpoint.Octave, failed.Checkpoint.Steps));
        Assert.Equal([new Position(1, 2), new Position(1, 1)], Checkpoints(farm, job).Positions());
    }

    [Fact]
    public async Task A_paused_job_keeps_its_last_step_at_once_and_goes_on_from_it()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = Never });
        int windows = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await farm.AddInstantAsync(() => Interlocked.Increment(ref windows) == 3 ? gate.Task : Task.CompletedTask);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);
        await UntilAsync(() => Volatile.Read(ref windows) == 3);
        await farm.Jobs.PauseAsync(new PauseJobRequest { Id = job.Id });
        // The third step's gradient is not waited for.
        var sites = farm.Coordinator.Services.GetRequiredService<JobSites>();
        await UntilAsync(() => sites.Count == 0);
        var paused = await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id });
        Assert.Equal((JobState.Paused, 0, 2), (paused.State, paused.Checkpoint.Octave, paused.Checkpoint.Steps));
        gate.SetResult();
        await farm.Jobs.ResumeAsync(new ResumeJobRequest { Id = job.Id });
        Assert.Equal(JobState.Done, (await farm.WatchAsync(job.Id, now => now.State is JobState.Done or JobState.Failed))[^1].State);
        Assert.Contains("it goes on from octave 1 after 2 steps", await farm.HistoryAsync(job.Id));
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(job));
    }

    [Fact]
    public async Task The_numerics_class_of_a_checkpoint_binds_the_job_that_goes_on_from_it()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { CheckpointPeriod = Never });
        var (job, _) = await RunAsync(farm, steps: 2);
        await farm.RestartAsync();
        var other = await farm.AddInstantAsync(numericsClass: "c3d4");
        var waits = (await farm.WatchAsync(job.Id, now => now.Message.Contains("numerics class a1b2")))[^1];
        Assert.Equal(JobState.Running, waits.State);
        Assert.Equal((0, 1), (waits.Progress.Octave, waits.Progress.Step));
        Assert.Equal(0, other.Windows);
    }

    /// <summary>Starts a job on a worker that answers so many windows and no more, and returns when it waits for the next.</summary>
    private static async Task<(Job Job, string Image)> RunAsync(TestFarm farm, int steps, Spec? spec = null)
    {
        int windows = 0;
        await farm.AddInstantAsync(() => Interlocked.Increment(ref windows) > steps ? Task.Delay(Timeout.Infinite) : Task.CompletedTask);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, spec ?? Small);
        await UntilAsync(() => Volatile.Read(ref windows) > steps);
        return (job, image);
    }

    private static void Damage(TestFarm farm, Job job, string damage, Position position)
    {
        var checkpoints = Checkpoints(farm, job);
        string part = checkpoints.Part(position, 0), manifest = Path.Combine(Path.GetDirectoryName(part)!, "manifest.json");
        switch (damage)
        {
            case "bit":
                byte[] bytes = File.ReadAllBytes(part);
                bytes[bytes.Length / 2] ^= 1;
                File.WriteAllBytes(part, bytes);
                break;
            case "cut":
                File.WriteAllBytes(part, new byte[9]);
                break;
            case "part":
                File.Delete(part);
                break;
            case "manifest":
                File.WriteAllText(manifest, "once upon a time");
                break;
            case "format":
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format\": 1", "\"format\": 2"));
                break;
            case "other":
                File.Copy(Path.Combine(Path.GetDirectoryName(checkpoints.Part(checkpoints.Positions()[1], 0))!, "manifest.json"), manifest, overwrite: true);
                break;
        }
    }

    private static JobCheckpoints Checkpoints(TestFarm farm, Job job) => new(new JobFiles(farm.DataFolder), job.Id);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "waited in vain");
    }
}
