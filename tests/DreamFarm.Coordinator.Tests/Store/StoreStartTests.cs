using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace DreamFarm.Coordinator.Tests;

public sealed class StoreStartTests
{
    [Fact]
    public async Task A_start_removes_folders_without_a_job_and_fails_jobs_without_an_input()
    {
        await using var farm = await TestFarm.StartAsync();
        string input = await farm.DrawAsync(96, 80);
        var whole = await farm.SubmitAsync(input, new Spec { Octaves = 1 });
        var robbed = await farm.SubmitAsync(input, new Spec { Octaves = 1 });
        var queued = await farm.SubmitAsync(input, new Spec { Octaves = 1 });
        await farm.Coordinator.DisposeAsync();

        var files = new JobFiles(farm.DataFolder);
        File.Delete(JobFiles.Input(files.Folder(robbed.Id)));
        // As a crash between the folder's renaming and the commit leaves it.
        Directory.CreateDirectory(files.Folder("d-abcdefghjk"));
        await File.WriteAllTextAsync(JobFiles.Input(files.Folder("d-abcdefghjk")), "an upload");

        await using var again = await StartAsync(farm.DataFolder);
        var store = (IJobStore)again.Services.GetService(typeof(IJobStore))!;
        Assert.Equal([whole.Id, robbed.Id, queued.Id], (await store.ListAsync(unfinished: false, owner: null, CancellationToken.None)).Select(job => job.Id));
        Assert.Equal(new[] { whole.Id, robbed.Id, queued.Id }.Order(), files.ListFolders().Order());
        var failed = (await store.FindAsync(robbed.Id, CancellationToken.None))!;
        Assert.Equal((JobState.Failed, "its input is no longer in the coordinator's data folder"), (failed.State, failed.Problem));
        Assert.Equal(failed.Problem, (await store.HistoryAsync(robbed.Id, CancellationToken.None))[^1].Why);
    }

    [Fact]
    public async Task A_start_removes_what_a_kill_left_of_a_job_that_was_done_or_half_written()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        string input = await farm.DrawAsync(96, 80);
        var done = await farm.FinishAsync((await farm.SubmitAsync(input, new Spec { Octaves = 1, Steps = 1, Network = "motif", Tile = 64, MaxRoll = 64 })).Id);
        await farm.Coordinator.DisposeAsync();
        var files = new JobFiles(farm.DataFolder);
        string[] before = Directory.GetFileSystemEntries(files.Folder(done.Id));
        // As a kill between the last commit and the cleaning up leaves it, and one in the middle of writing.
        await File.WriteAllTextAsync(JobFiles.Pixels(files.Folder(done.Id)), "pixels");
        await File.WriteAllTextAsync(files.UnfinishedCanvas(done.Id), "half a canvas");
        Directory.CreateDirectory(Path.Combine(files.Checkpoints(done.Id), "00-00001"));

        await using var again = await StartAsync(farm.DataFolder);
        Assert.Equal(before.Order(), Directory.GetFileSystemEntries(files.Folder(done.Id)).Order());
        Assert.True(File.Exists(files.Canvas(done.Id)));
    }

    [Fact]
    public async Task A_server_whose_name_nobody_knows_is_away_in_a_sentence()
    {
        var options = new CoordinatorOptions { Store = "postgres://dream@no-such-server.invalid/farm" };
        await using var database = Stores.Create(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<Database>.Instance);
        var refusal = await Assert.ThrowsAsync<StoreException>(() => database.OpenAsync(CancellationToken.None));
        Assert.Equal(StoreTrouble.Away, refusal.Trouble);
    }

    [Fact]
    public async Task A_data_folder_is_used_with_its_own_store_only_and_loses_nothing_to_another()
    {
        await using var farm = await TestFarm.StartAsync();
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), new Spec { Octaves = 1 });
        await farm.Coordinator.DisposeAsync();
        string database = Path.Combine(farm.DataFolder, "dreamfarm.db"), elsewhere = Path.Combine(farm.Folder, "elsewhere");

        // The files without their database.
        Directory.CreateDirectory(elsewhere);
        File.Move(database, Path.Combine(elsewhere, "dreamfarm.db"));
        var refusal = await Assert.ThrowsAsync<StoreException>(() => StartAsync(farm.DataFolder));
        Assert.Contains($"the data folder {farm.DataFolder} has the files of the jobs in {database}, not of those in", refusal.Message);
        Assert.True(File.Exists(JobFiles.Input(new JobFiles(farm.DataFolder).Folder(job.Id))));

        // The database without its files.
        refusal = await Assert.ThrowsAsync<StoreException>(() => StartAsync(elsewhere));
        Assert.Contains("has jobs whose files are in another data folder", refusal.Message);

        File.Move(Path.Combine(elsewhere, "dreamfarm.db"), database, overwrite: true);
        await using var again = await StartAsync(farm.DataFolder);
        Assert.NotNull(await ((IJobStore)again.Services.GetService(typeof(IJobStore))!).FindAsync(job.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_repeated_submission_is_answered_with_the_first_job_before_its_upload_comes()
    {
        await using var farm = await TestFarm.StartAsync();
        string input = await farm.DrawAsync(96, 80);
        byte[] bytes = await File.ReadAllBytesAsync(input);
        var header = new SubmitHeader { Spec = new Spec { Octaves = 1 }, InputName = "in.png", InputBytes = bytes.Length, SubmissionId = "the-same-submission" };
        using var first = farm.Jobs.Submit();
        await first.RequestStream.WriteAsync(new SubmitRequest { Header = header });
        await first.RequestStream.WriteAsync(new SubmitRequest { Data = ByteString.CopyFrom(bytes) });
        await first.RequestStream.CompleteAsync();
        var job = (await first.ResponseAsync).Job;

        using var second = farm.Jobs.Submit();
        await second.RequestStream.WriteUnlessAnsweredAsync(new SubmitRequest { Header = header });
        Assert.Equal(job.Id, (await second.ResponseAsync.WaitAsync(TimeSpan.FromMinutes(3))).Job.Id);
        Assert.Single((await farm.Jobs.ListAsync(new ListJobsRequest())).Jobs);
        Assert.Equal([job.Id], new JobFiles(farm.DataFolder).ListFolders());
    }

    [Fact]
    public async Task The_same_submission_sent_twice_at_once_leaves_one_job_and_one_folder()
    {
        await using var farm = await TestFarm.StartAsync();
        byte[] bytes = await File.ReadAllBytesAsync(await farm.DrawAsync(96, 80));
        var header = new SubmitHeader { Spec = new Spec { Octaves = 1 }, InputName = "in.png", InputBytes = bytes.Length, SubmissionId = "the-same-submission" };
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var call = farm.Jobs.Submit();
            await call.RequestStream.WriteUnlessAnsweredAsync(new SubmitRequest { Header = header });
            await call.RequestStream.WriteUnlessAnsweredAsync(new SubmitRequest { Data = ByteString.CopyFrom(bytes) });
            await call.RequestStream.CompleteUnlessAnsweredAsync();
            return (await call.ResponseAsync).Job.Id;
        }));
        string id = Assert.Single(ids.Distinct());
        Assert.Equal([id], new JobFiles(farm.DataFolder).ListFolders());
    }

    [Fact]
    public async Task A_submission_over_a_limit_is_refused_by_its_name_and_leaves_nothing()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { MaxQueuedMegapixels = 1 });
        string input = await farm.DrawAsync(96, 80);
        var error = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(input, new Spec { Octaves = 1, OutputSize = new Size { Width = 1200, Height = 900 } }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Contains("more than the 1 megapixels that one owner may have", error.Status.Detail);
        Assert.Empty(new JobFiles(farm.DataFolder).ListFolders());
    }

    private static Task<RunningCoordinator> StartAsync(string folder) => RunningCoordinator.StartAsync(new CoordinatorOptions
    {
        Listen = new(System.Net.IPAddress.Loopback, 0),
        Web = new(System.Net.IPAddress.Loopback, 0),
        DataFolder = folder,
    }, CancellationToken.None);
}
