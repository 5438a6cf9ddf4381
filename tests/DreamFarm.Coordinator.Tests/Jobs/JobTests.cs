using System.Buffers.Binary;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace DreamFarm.Coordinator.Tests;

public class JobTests
{
    private static Spec Small => new() { Network = "motif", Layers = "3a", Octaves = 2, Steps = 2, Tile = 64, MaxRoll = 64 };

    [Fact]
    public async Task A_submitted_job_has_the_bits_of_the_same_dream_in_one_process()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddWorkerAsync(lanes: 1);
        await farm.AddWorkerAsync(lanes: 2);
        string image = await farm.DrawAsync(200, 152);

        var job = await farm.SubmitAsync(image, Small, ".npy");
        Assert.Equal((200, 152), (job.InputSize.Width, job.InputSize.Height));
        var seen = await farm.WatchAsync(job.Id, preview: 64);
        var done = seen[^1];
        Assert.Equal(JobState.Done, done.State);
        Assert.Equal((1, 2, 1, 2), (done.Progress.Octave, done.Progress.Octaves, done.Progress.Step, done.Progress.Steps));
        Assert.Equal(1, done.Progress.Fraction);
        Assert.True(done.Progress.HasLoss && done.Progress.Loss > 0);
        Assert.NotEmpty(done.NumericsClass);

        short[] expected = await farm.DreamAsync(image, Small, plan =>
        {
            var engine = new GradientEngine(NetworkWeights.Load(plan.Network, WeightFile.OpenBuiltIn(plan.Network)!), new EngineOptions { Lanes = 1 });
            return new EngineSource(engine, plan);
        });
        Assert.Equal(expected, farm.Canvas(done));
        Assert.Equal(expected, Unpack(await farm.ResultAsync(job.Id, ".npy"), done));
    }

    [Fact]
    public async Task A_job_waits_for_the_first_worker_and_says_so()
    {
        await using var farm = await TestFarm.StartAsync();
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small);
        var waiting = (await farm.WatchAsync(job.Id, seen => seen.Message.StartsWith("no", StringComparison.Ordinal)))[^1];
        Assert.Equal("no worker is registered", waiting.Message);
        Assert.Equal(JobState.Running, waiting.State);
        await farm.AddInstantAsync();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
    }

    [Fact]
    public async Task Several_bands_make_the_same_canvas_as_one_process()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        await farm.AddInstantAsync();
        string image = await farm.DrawAsync(400, 420);
        var spec = new Spec
        {
            Network = "motif",
            Layers = "3a",
            Octaves = 2,
            OctaveScale = 1.1,
            Steps = 2,
            Tile = 512,
            Boundary = Protocol.V1.Boundary.Reflect,
            OutputSize = new Protocol.V1.Size { Width = 2900, Height = 4500 },
        };
        var job = await farm.SubmitAsync(image, spec);
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal("", done.Message);
        Assert.Equal(JobState.Done, done.State);
        short[] expected = await farm.DreamAsync(image, spec, plan =>
        {
            Assert.Equal([2, 3], plan.Plan.Octaves.Select(octave => octave.Bands));
            return new InstantGradients();
        });
        Assert.True(expected.AsSpan().SequenceEqual(farm.Canvas(done)), "the farm's canvas differs from that of one process");
    }

    [Theory]
    [InlineData(Protocol.V1.Boundary.Reflect, 0, 3)]
    [InlineData(Protocol.V1.Boundary.Wrap, 2, 0)]
    [InlineData(Protocol.V1.Boundary.Reflect, 0, 0)]
    public async Task Several_bands_subtract_terms_of_pixels_and_filter_as_one_process_does(Protocol.V1.Boundary boundary, double sigma, int levels)
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        string image = await farm.DrawAsync(400, 420);
        var spec = new Spec
        {
            Network = "motif",
            Layers = "3a",
            Octaves = 1,
            Steps = 2,
            Tile = 512,
            Boundary = boundary,
            Normaliser = Protocol.V1.Normaliser.MeanAbs,
            // As much as the instant gradients.
            Objective = "l2,tv:1000000,original:1000000",
            Filter = levels > 0 ? new Protocol.V1.Filter { Laplacian = levels }
                : sigma > 0 ? new Protocol.V1.Filter { Gaussian = sigma }
                : new Protocol.V1.Filter { None = true },
            OutputSize = new Protocol.V1.Size { Width = 2050, Height = 4201 },
        };
        var job = await farm.SubmitAsync(image, spec);
        var done = await farm.FinishAsync(job.Id);
        Assert.Equal((JobState.Done, ""), (done.State, done.Message));
        short[] expected = await farm.DreamAsync(image, spec, plan =>
        {
            Assert.Equal(2, plan.Plan.Octaves.Single().Bands);
            Assert.Equal((1e6, 1e6), (plan.Plan.Spec.TotalVariation, plan.Plan.Spec.Distance));
            return new InstantGradients();
        });
        Assert.True(expected.AsSpan().SequenceEqual(farm.Canvas(done)), "the farm's canvas differs from that of one process");
    }

    [Fact]
    public async Task Two_jobs_run_side_by_side_and_a_third_waits_its_turn()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var farm = await TestFarm.StartAsync(options => options with { JobsAtOnce = 2 });
        await farm.AddInstantAsync(() => gate.Task);
        string image = await farm.DrawAsync(96, 80);
        var jobs = new List<Job>();
        for (ulong seed = 1; seed <= 3; seed++)
            jobs.Add(await farm.SubmitAsync(image, new Spec(Small) { Seed = seed }));
        await farm.WatchAsync(jobs[1].Id, job => job.State == JobState.Running);
        var third = await farm.Jobs.GetAsync(new GetJobRequest { Id = jobs[2].Id });
        Assert.Equal((JobState.Queued, "other jobs are before it"), (third.State, third.Message));
        gate.SetResult();
        foreach (var job in jobs)
            Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        var list = await farm.Jobs.ListAsync(new ListJobsRequest());
        Assert.Equal(jobs.Select(job => job.Id), list.Jobs.Select(job => job.Id));
        for (int i = 0; i < 3; i++)
        {
            short[] expected = await farm.DreamAsync(image, new Spec(Small) { Seed = (ulong)i + 1 }, _ => new InstantGradients());
            Assert.Equal(expected, farm.Canvas(jobs[i]));
        }
    }

    [Fact]
    public async Task Cancelling_a_running_job_frees_its_bands_and_lets_the_next_one_run()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var farm = await TestFarm.StartAsync(options => options with { JobsAtOnce = 1 });
        var worker = await farm.AddInstantAsync(() => gate.Task);
        string image = await farm.DrawAsync(96, 80);
        var first = await farm.SubmitAsync(image, Small);
        var second = await farm.SubmitAsync(image, Small);
        var third = await farm.SubmitAsync(image, Small);
        await farm.WatchAsync(first.Id, job => job.Progress?.Workers > 0);

        Assert.Equal(JobState.Cancelled, (await farm.Jobs.CancelAsync(new CancelJobRequest { Id = second.Id })).State);
        // The worker still holds its windows: whoever waited for them would wait for ever.
        await farm.Jobs.CancelAsync(new CancelJobRequest { Id = first.Id });
        Assert.Equal(JobState.Cancelled, (await farm.FinishAsync(first.Id)).State);
        Assert.Equal(JobState.Cancelled, (await farm.Jobs.CancelAsync(new CancelJobRequest { Id = first.Id })).State);

        gate.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(third.Id)).State);
        Assert.Equal(0, farm.Coordinator.Services.GetRequiredService<JobSites>().Count);
        Assert.Equal(["input", "input.raw"], Files(farm, first));
        Assert.Equal(["input"], Files(farm, second));
        Assert.Equal(["canvas.i16", "input"], Files(farm, third));
        var error = await Assert.ThrowsAsync<RpcException>(() => farm.ResultAsync(first.Id, ".png"));
        Assert.Equal((StatusCode.FailedPrecondition, $"job {first.Id} is cancelled; only a job that is done has a result"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task A_job_whose_tile_nobody_can_compute_fails_with_the_workers_words()
    {
        await using var farm = await TestFarm.StartAsync();
        var worker = await farm.AddInstantAsync();
        worker.Answer = (window, reply) => reply.FailAsync(window, "out of memory");
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small);
        var failed = await farm.FinishAsync(job.Id);
        Assert.Equal(JobState.Failed, failed.State);
        Assert.Contains("out of memory", failed.Message);
        Assert.Equal(["input", "input.raw"], Files(farm, job));
        Assert.Equal(0, farm.Coordinator.Services.GetRequiredService<JobSites>().Count);
    }

    [Fact]
    public async Task Bands_keep_their_pixels_however_long_a_step_takes()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var farm = await TestFarm.StartAsync(configure: silo => silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromSeconds(0.2);
            options.CollectionAge = TimeSpan.FromSeconds(0.4);
        }));
        await farm.AddInstantAsync(() => gate.Task);
        string image = await farm.DrawAsync(96, 80);
        var job = await farm.SubmitAsync(image, Small);
        await Task.Delay(2000, TestContext.Current.CancellationToken);
        gate.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        Assert.Equal(await farm.DreamAsync(image, Small, _ => new InstantGradients()), farm.Canvas(job));

        // The job's own grain is collected now and comes back from the store.
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        var again = await farm.Jobs.GetAsync(new GetJobRequest { Id = job.Id });
        Assert.Equal((JobState.Done, 1, 1.0), (again.State, again.Progress.Octave, again.Progress.Fraction));
        Assert.Equal(again, Assert.Single((await farm.Jobs.ListAsync(new ListJobsRequest())).Jobs));
    }

    [Fact]
    public async Task A_coordinator_stops_at_once_while_a_job_runs_and_is_watched()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { JobsAtOnce = 1 });
        await farm.AddInstantAsync(() => Task.Delay(Timeout.Infinite));
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small);
        var watching = farm.WatchAsync(job.Id);
        // Nothing changes for a job that waits its turn: whoever watches it is in the middle of a call.
        var waiting = farm.WatchAsync((await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small)).Id);
        await farm.WatchAsync(job.Id, seen => seen.Progress?.Workers > 0);
        // Whatever does not end by itself is given up after the five minutes that this farm's host waits, or the third of them that its jobs have.
        await farm.Coordinator.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1.5), TestContext.Current.CancellationToken);
        foreach (var watch in new[] { watching, waiting })
            Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => watch)).StatusCode);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_said()
    {
        await using var farm = await TestFarm.StartAsync();
        var address = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, farm.Coordinator.Address.Port);
        var error = await Assert.ThrowsAsync<IOException>(() => RunningCoordinator.StartAsync(
            new CoordinatorOptions { Listen = address, Web = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), DataFolder = Path.Combine(farm.Folder, "other") }, CancellationToken.None));
        Assert.Contains("in use", error.Message);
    }

    [Fact]
    public async Task A_watcher_sees_progress_and_a_preview_of_the_size_it_asked_for()
    {
        int windows = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var farm = await TestFarm.StartAsync();
        // The first step is computed, the second is not.
        await farm.AddInstantAsync(() => Interlocked.Increment(ref windows) > 1 ? gate.Task : Task.CompletedTask);
        var job = await farm.SubmitAsync(await farm.DrawAsync(320, 200), new Spec(Small) { Tile = 512, MaxRoll = 0, Octaves = 1 });
        var seen = (await farm.WatchAsync(job.Id, now => now.Preview is not null, preview: 64))[^1];
        Assert.Equal((0, 0), (seen.Preview.Octave, seen.Preview.Step));
        Assert.Equal((0, 0, 0.5), (seen.Progress.Octave, seen.Progress.Step, seen.Progress.Fraction));
        Assert.True(seen.Progress.MegapixelsPerSecond > 0);
        string jpeg = Path.Combine(farm.Folder, "preview.jpg");
        await File.WriteAllBytesAsync(jpeg, seen.Preview.Jpeg.ToByteArray());
        var info = DreamFarm.Imaging.ImageReader.Inspect(jpeg);
        Assert.Equal(("JPEG", 64, 40), (info.Format, info.Width, info.Height));

        // Who wants none gets none.
        var plain = await farm.WatchAsync(job.Id, _ => true);
        Assert.Null(plain[0].Preview);
        gate.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
    }

    [Fact]
    public async Task Previews_go_on_when_the_clock_has_been_set_back()
    {
        var clock = new JumpingClock();
        int windows = 0;
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var farm = await TestFarm.StartAsync(configure: silo => silo.Services.AddSingleton<TimeProvider>(clock));
        await farm.AddInstantAsync(() => Interlocked.Increment(ref windows) switch { 1 => Task.CompletedTask, 2 => second.Task, _ => third.Task });
        var job = await farm.SubmitAsync(await farm.DrawAsync(320, 200), new Spec(Small) { Tile = 512, MaxRoll = 0, Octaves = 1, Steps = 3 });
        await farm.WatchAsync(job.Id, now => now.Preview is not null, preview: 64);
        clock.Ahead = TimeSpan.FromHours(-1);
        second.SetResult();
        var seen = (await farm.WatchAsync(job.Id, now => now.Preview?.Step == 1, preview: 64))[^1];
        Assert.Equal(1, seen.Preview.Step);
        third.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
    }

    [Theory]
    [InlineData(".png", "PNG")]
    [InlineData(".jpg", "JPEG")]
    [InlineData(".tif", "TIFF")]
    [InlineData(".webp", "WebP")]
    public async Task A_result_is_encoded_as_asked_and_leaves_no_temporary_file(string ending, string format)
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), new Spec(Small) { Scale = 3 });
        await farm.FinishAsync(job.Id);
        string path = Path.Combine(farm.Folder, "result" + ending);
        await File.WriteAllBytesAsync(path, await farm.ResultAsync(job.Id, ending));
        var info = DreamFarm.Imaging.ImageReader.Inspect(path);
        Assert.Equal((format, 288, 240), (info.Format, info.Width, info.Height));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(farm.DataFolder, "temporary")));
    }

    [Fact]
    public async Task What_a_client_calls_a_format_becomes_no_path()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        string image = await farm.DrawAsync(96, 80);
        byte[] before = await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken);
        var job = await farm.FinishAsync((await farm.SubmitAsync(image, Small)).Id);
        // From data/temporary/<name> to the test's own image.
        foreach (string format in (string[])["/../../../input.png", "/" + image, "x.png", "png", ""])
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => farm.ResultAsync(job.Id, format));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.StartsWith($"\"{format}\" is no format that can be written: choose one of ", error.Status.Detail);
        }
        Assert.Equal(before, await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_canvas_that_somebody_took_away_is_told_in_a_sentence_without_paths()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        var job = await farm.FinishAsync((await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small)).Id);
        var files = new JobFiles(farm.DataFolder);
        File.Delete(files.Canvas(job.Id));
        var error = await Assert.ThrowsAsync<RpcException>(() => farm.ResultAsync(job.Id, ".png"));
        Assert.Equal((StatusCode.ResourceExhausted, $"the canvas of job {job.Id} cannot be read on the coordinator: it is no longer in the data folder"), (error.StatusCode, error.Status.Detail));
    }

    private static string[] Files(TestFarm farm, Job job) =>
        [.. Directory.GetFiles(new JobFiles(farm.DataFolder).Folder(job.Id)).Select(path => Path.GetFileName(path)).Order()];

    internal static short[] Unpack(byte[] npy, Job job)
    {
        int width = job.OutputSize.Width, height = job.OutputSize.Height;
        var data = npy.AsSpan(npy.Length - width * height * 3 * 4);
        Assert.Contains($"(3, {height}, {width})", System.Text.Encoding.ASCII.GetString(npy, 0, npy.Length - data.Length));
        var values = new short[width * height * 3];
        for (int plane = 0; plane < 3; plane++)
            for (int row = 0; row < height; row++)
                for (int column = 0; column < width; column++)
                    values[(row * 3 + plane) * width + column] =
                        (short)MathF.Round(BinaryPrimitives.ReadSingleLittleEndian(data[(4 * ((plane * height + row) * width + column))..]) * 32767);
        return values;
    }
}
