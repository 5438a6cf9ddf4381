using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace DreamFarm.Coordinator.Tests;

public class UploadTests
{
    private static Spec Small => new() { Layers = "3a", Octaves = 1, Steps = 1 };

    [Fact]
    public async Task An_upload_that_ends_early_makes_no_job_and_leaves_no_file()
    {
        await using var farm = await TestFarm.StartAsync();
        using var call = farm.Jobs.Submit();
        await call.RequestStream.WriteAsync(Header("sky.jpg", 1000));
        await call.RequestStream.WriteAsync(new SubmitRequest { Data = ByteString.CopyFrom(new byte[600]) });
        await call.RequestStream.CompleteAsync();
        await RefusedAsync(farm, () => call.ResponseAsync, "the upload of sky.jpg stopped after 600 of 1000 bytes");
    }

    [Fact]
    public async Task An_upload_that_breaks_off_makes_no_job_and_leaves_no_file()
    {
        await using var farm = await TestFarm.StartAsync();
        var call = farm.Jobs.Submit();
        await call.RequestStream.WriteAsync(Header("sky.jpg", 10_000_000));
        await call.RequestStream.WriteAsync(new SubmitRequest { Data = ByteString.CopyFrom(new byte[600]) });
        while (Directory.GetDirectories(Path.Combine(farm.DataFolder, "temporary")).Length == 0)
            await Task.Delay(10);
        call.Dispose();
        for (int tries = 0; Directory.GetDirectories(Path.Combine(farm.DataFolder, "temporary")).Length > 0; tries++)
        {
            Assert.True(tries < 10_000);
            await Task.Delay(10);
        }
        await NothingIsLeftAsync(farm);
    }

    [Fact]
    public async Task An_upload_longer_than_its_header_says_is_refused()
    {
        await using var farm = await TestFarm.StartAsync();
        using var call = farm.Jobs.Submit();
        await call.RequestStream.WriteAsync(Header("sky.jpg", 100));
        await call.RequestStream.WriteUnlessAnsweredAsync(new SubmitRequest { Data = ByteString.CopyFrom(new byte[101]) });
        await RefusedAsync(farm, () => call.ResponseAsync, "the upload of sky.jpg has more than the 100 bytes that its header says");
    }

    [Theory]
    [InlineData("", 100, "input_name must be")]
    [InlineData("../sky.jpg", 100, "input_name must be")]
    [InlineData("sky.jpg", 0, "sky.jpg must have 1 to")]
    [InlineData("sky.jpg", long.MaxValue, "sky.jpg must have 1 to")]
    public async Task A_header_that_cannot_be_is_refused(string name, long bytes, string problem)
    {
        await using var farm = await TestFarm.StartAsync();
        using var call = farm.Jobs.Submit();
        await call.RequestStream.WriteUnlessAnsweredAsync(Header(name, bytes));
        await RefusedAsync(farm, () => call.ResponseAsync, problem);
    }

    [Fact]
    public async Task A_file_that_is_no_image_is_refused_by_its_own_name()
    {
        await using var farm = await TestFarm.StartAsync();
        string text = Path.Combine(farm.Folder, "text.png");
        await File.WriteAllTextAsync(text, "This is no picture, whatever its name says.");
        await RefusedAsync(farm, () => farm.SubmitAsync(text, Small), "text.png");

        string cut = await farm.DrawAsync(300, 200, "cut.jpg");
        byte[] whole = await File.ReadAllBytesAsync(cut);
        await File.WriteAllBytesAsync(cut, whole[..20]);
        await RefusedAsync(farm, () => farm.SubmitAsync(cut, Small), "cut.jpg");
    }

    [Fact]
    public async Task A_spec_or_format_that_cannot_be_is_refused()
    {
        await using var farm = await TestFarm.StartAsync();
        string image = await farm.DrawAsync(96, 80);
        await RefusedAsync(farm, () => farm.SubmitAsync(image, new Spec { Network = "motiv" }), "--network");
        await RefusedAsync(farm, () => farm.SubmitAsync(image, new Spec(Small) { Steps = 0 }), "--steps must be 1 to 10000, not 0");
        await RefusedAsync(farm, () => farm.SubmitAsync(image, Small, ".gif"), ".gif");
        await RefusedAsync(farm, () => farm.SubmitAsync(image, new Spec(Small) { OutputSize = new Size { Width = 17000, Height = 100 } }, ".webp"), "WebP");
        Assert.Equal(JobState.Running, (await farm.SubmitAsync(image, Small, ".webp")).State);
    }

    [Fact]
    public async Task An_image_with_too_many_pixels_is_refused()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { MaxInputPixels = 5000 });
        await RefusedAsync(farm, async () => await farm.SubmitAsync(await farm.DrawAsync(96, 80), Small), "input.png is 96 x 80 pixels");
    }

    [Fact]
    public async Task What_is_asked_of_unknown_jobs_is_answered_with_not_found()
    {
        await using var farm = await TestFarm.StartAsync();
        foreach (string id in new[] { "", "nonsense", "d-aaaaaaaaaa" })
        {
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await farm.Jobs.GetAsync(new GetJobRequest { Id = id }))).StatusCode);
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await farm.Jobs.CancelAsync(new CancelJobRequest { Id = id }))).StatusCode);
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => farm.WatchAsync(id))).StatusCode);
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => farm.ResultAsync(id, ".png"))).StatusCode);
        }
    }

    private static SubmitRequest Header(string name, long bytes) => new() { Header = new SubmitHeader { Spec = Small, InputName = name, InputBytes = bytes } };

    private static async Task RefusedAsync(TestFarm farm, Func<Task> submit, string problem)
    {
        var error = await Assert.ThrowsAsync<RpcException>(submit);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(problem, error.Status.Detail);
        Assert.DoesNotContain(farm.DataFolder, error.Status.Detail);
        await NothingIsLeftAsync(farm);
    }

    private static async Task NothingIsLeftAsync(TestFarm farm)
    {
        Assert.Empty((await farm.Jobs.ListAsync(new ListJobsRequest())).Jobs);
        foreach (string folder in (string[])["jobs", "assets", "temporary"])
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(farm.DataFolder, folder)));
    }
}
