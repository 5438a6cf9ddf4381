using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace DreamFarm.Coordinator.Tests;

/// <summary>What callers may ask for at most, and the sentence that names the limit.</summary>
public class LimitTests
{
    [Fact]
    public async Task Uploads_at_a_time_are_counted_for_each_owner_and_for_all()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { Limits = new CallLimits { UploadsPerOwner = 1, Uploads = 2 } });
        string[] tokens = [await RawCalls.MakeTokenAsync(farm, "ann", "submit"), await RawCalls.MakeTokenAsync(farm, "bob", "submit"), await RawCalls.MakeTokenAsync(farm, "cy", "submit")];
        var first = await BeginAsync(farm, tokens[0]);
        Assert.Equal("1 uploads of yours are under way, and there can be no more at a time (the coordinator's --max-uploads-per-owner)", await RefusalAsync(await BeginAsync(farm, tokens[0])));
        var second = await BeginAsync(farm, tokens[1]);
        Assert.Equal("2 uploads are under way, and there can be no more at a time (the coordinator's --max-uploads): try again a little later", await RefusalAsync(await BeginAsync(farm, tokens[2])));

        // A place is free again when its upload has ended.
        first.Dispose();
        second.Dispose();
        string said;
        for (int tries = 0; (said = await RefusalAsync(await BeginAsync(farm, tokens[0]), complete: true)).Contains("uploads"); tries++)
        {
            Assert.True(tries < 1200, said);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Contains("stopped after 0 of 1000 bytes", said);
    }

    [Fact]
    public async Task An_upload_that_falls_silent_is_ended()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { Limits = new CallLimits { UploadSilenceSeconds = 1 } });
        Assert.Equal("the upload has sent nothing for 1 seconds (the coordinator's --max-upload-silence)", await RefusalAsync(await BeginAsync(farm, null)));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(farm.DataFolder, "temporary")));
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_refused()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { Limits = new CallLimits { MessageBytes = 100_000 } });
        using var call = await BeginAsync(farm, null);
        // Its end may come before all of it is sent.
        await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(new SubmitRequest { Data = ByteString.CopyFrom(new byte[200_000]) }));
        Assert.Equal("a message of the upload has more than 100000 bytes (the coordinator's --max-message-bytes)", await RefusalAsync(call));
    }

    [Fact]
    public async Task Watches_at_a_time_are_counted()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { Limits = new CallLimits { WatchesPerOwner = 1 } });
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), new Spec { Layers = "3a", Octaves = 1, Steps = 1 });
        using var watch = farm.Jobs.Watch(new WatchJobRequest { Id = job.Id });
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        var error = await Assert.ThrowsAsync<RpcException>(() => farm.WatchAsync(job.Id));
        Assert.Equal((StatusCode.ResourceExhausted, "you watch 1 jobs, and can watch no more at a time (the coordinator's --max-watches-per-owner)"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task Requests_have_a_rate_for_each_owner_and_probes_have_none()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { Limits = new CallLimits { RequestsPerSecond = 10 } });
        using var calls = new RawCalls(farm);
        string ann = await RawCalls.MakeTokenAsync(farm, "ann", "view"), bob = await RawCalls.MakeTokenAsync(farm, "bob", "view");
        Status status = Status.DefaultSuccess;
        for (int asked = 0; asked < 50 && status.StatusCode == StatusCode.OK; asked++)
        {
            // Many at once: one after the other, they might not be ten a second on a machine that is busy.
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => calls.CallAsync("/dreamfarm.v1.Jobs/List", ann)));
            status = answers.FirstOrDefault(answer => answer.StatusCode != StatusCode.OK, status);
        }
        Assert.Equal((StatusCode.ResourceExhausted, "you ask more than 10 times a second (the coordinator's --max-requests-per-second): ask again a little later"), (status.StatusCode, status.Detail));
        Assert.Equal(StatusCode.OK, (await calls.CallAsync("/dreamfarm.v1.Jobs/List", bob)).StatusCode);
        for (int asked = 0; asked < 50; asked++)
            Assert.Equal(StatusCode.OK, (await calls.CallAsync("/grpc.health.v1.Health/Check", null)).StatusCode);
    }

    private static async Task<AsyncClientStreamingCall<SubmitRequest, SubmitReply>> BeginAsync(TestFarm farm, string? token)
    {
        string[] before = Folders();
        var call = farm.Jobs.Submit(token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } });
        try
        {
            await call.RequestStream.WriteAsync(new SubmitRequest { Header = new SubmitHeader { Spec = new Spec { Layers = "3a", Octaves = 1, Steps = 1 }, InputName = "sky.jpg", InputBytes = 1000 } });
            // The coordinator has begun with it when its folder is there; or it has refused it.
            while (Folders().All(before.Contains) && !call.ResponseAsync.IsCompleted)
                await Task.Delay(10);
        }
        catch (RpcException)
        {
            // Refused before it had begun.
        }
        return call;

        string[] Folders() => Directory.GetFileSystemEntries(Path.Combine(farm.DataFolder, "temporary"));
    }

    private static async Task<string> RefusalAsync(AsyncClientStreamingCall<SubmitRequest, SubmitReply> call, bool complete = false)
    {
        using (call)
        {
            if (complete)
                await Record.ExceptionAsync(call.RequestStream.CompleteAsync);
            return (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).Status.Detail;
        }
    }
}
