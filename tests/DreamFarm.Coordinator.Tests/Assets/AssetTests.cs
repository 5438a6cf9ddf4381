using System.Security.Cryptography;
using DreamFarm.Networks;
using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace DreamFarm.Coordinator.Tests;

public sealed class AssetTests
{
    private const string NoHash = "sha256 must be 64 lowercase hexadecimal digits";

    private static Spec Small => new() { Layers = "3a", Octaves = 1, Steps = 1 };

    [Fact]
    public async Task What_was_uploaded_is_found_and_downloaded_from_any_offset()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        var assets = new Protocol.V1.Assets.AssetsClient(channel);
        byte[] content = Noise(3_000_000);
        string hash = Hash(content);
        Assert.False((await assets.FindAsync(new FindAssetRequest { Sha256 = hash })).Found);
        var missing = await Assert.ThrowsAsync<RpcException>(() => DownloadAsync(assets, hash, 0));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);

        await UploadAsync(assets, hash, content);
        Assert.True((await assets.FindAsync(new FindAssetRequest { Sha256 = hash })).Found);
        foreach (int offset in new[] { 0, 1, 1 << 20, content.Length - 1, content.Length })
            Assert.Equal(content[offset..], await DownloadAsync(assets, hash, offset));
        var behind = await Assert.ThrowsAsync<RpcException>(() => DownloadAsync(assets, hash, content.Length + 1));
        Assert.Contains("offset must be 0 to 3000000", behind.Status.Detail);
        Assert.Equal([hash], Kept(farm));
    }

    [Fact]
    public async Task An_asset_that_is_there_is_not_sent_again()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        var assets = new Protocol.V1.Assets.AssetsClient(channel);
        byte[] content = Noise(1000);
        await UploadAsync(assets, Hash(content), content);

        // The header alone is answered.
        using var call = assets.Upload();
        await call.RequestStream.WriteUnlessAnsweredAsync(Header(Hash(content), content.Length));
        await call.ResponseAsync;
    }

    [Fact]
    public async Task Several_clients_may_upload_the_same_at_once()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        var assets = new Protocol.V1.Assets.AssetsClient(channel);
        byte[] content = Noise(500_000);
        string hash = Hash(content);
        var calls = Enumerable.Range(0, 4).Select(_ => assets.Upload()).ToArray();
        // All have begun before the first one ends.
        foreach (var call in calls)
            await call.RequestStream.WriteAsync(Header(hash, content.Length));
        foreach (var call in calls)
            await call.RequestStream.WriteAsync(Data(content));
        while (Temporary(farm).Length < calls.Length)
            await Task.Delay(10);
        foreach (var call in calls)
            await call.RequestStream.CompleteAsync();
        foreach (var call in calls)
        {
            await call.ResponseAsync;
            call.Dispose();
        }
        Assert.Equal(content, await DownloadAsync(assets, hash, 0));
        Assert.Equal([hash], Kept(farm));
    }

    [Fact]
    public async Task Bytes_that_are_not_those_of_the_hash_leave_nothing()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { MaxAssetBytes = 5000 });
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        var assets = new Protocol.V1.Assets.AssetsClient(channel);
        byte[] content = Noise(1000);
        string hash = Hash(content);

        content[500] ^= 1;
        Assert.Equal($"the bytes have the SHA-256 {Hash(content)}, not {hash} as the header says", await RefusalAsync(hash, 1000, content));
        Assert.Equal("the asset stopped after 1000 of 1001 bytes", await RefusalAsync(hash, 1001, content));
        Assert.Equal("the asset has more than the 999 bytes that its header says", await RefusalAsync(hash, 999, content));
        Assert.Equal("an asset, such as weights, can have 5000 bytes on this coordinator (its --max-asset-megabytes), not 5001", await RefusalAsync(hash, 5001, content));
        Assert.Equal("an asset must have at least 1 byte, not 0", await RefusalAsync(hash, 0, content));
        Assert.Empty(Kept(farm));
        Assert.False((await assets.FindAsync(new FindAssetRequest { Sha256 = hash })).Found);

        async Task<string> RefusalAsync(string sha256, long length, byte[] bytes)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => UploadAsync(assets, sha256, bytes, length));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Empty(Temporary(farm));
            return error.Status.Detail;
        }
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        var call = new Protocol.V1.Assets.AssetsClient(channel).Upload();
        byte[] content = Noise(1000);
        await call.RequestStream.WriteAsync(Header(Hash(content), content.Length));
        await call.RequestStream.WriteAsync(Data(content[..900]));
        while (Temporary(farm).Length == 0)
            await Task.Delay(10);
        call.Dispose();
        for (int tries = 0; Temporary(farm).Length > 0; tries++)
        {
            Assert.True(tries < 10_000);
            await Task.Delay(10);
        }
        Assert.Empty(Kept(farm));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../jobs")]
    [InlineData("0123")]
    [InlineData("../../../../../../../../../../../../../../../../../../../etc/passwd")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("/tmp/5678901234567890123456789012345678901234567890123456789abcd")]
    public async Task What_is_no_hash_never_becomes_a_path(string name)
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        var assets = new Protocol.V1.Assets.AssetsClient(channel);
        Assert.Equal(NoHash, (await Assert.ThrowsAsync<RpcException>(async () => await assets.FindAsync(new FindAssetRequest { Sha256 = name }))).Status.Detail);
        Assert.Equal(NoHash, (await Assert.ThrowsAsync<RpcException>(() => DownloadAsync(assets, name, 0))).Status.Detail);
        Assert.Equal(NoHash, (await Assert.ThrowsAsync<RpcException>(() => UploadAsync(assets, name, [1, 2, 3]))).Status.Detail);
        var submitted = await Assert.ThrowsAsync<RpcException>(async () => await farm.SubmitAsync(await farm.DrawAsync(96, 80), new Spec(Small) { WeightsSha256 = name }));
        Assert.Equal("--weights must be known by a SHA-256 of 64 lowercase hexadecimal digits", submitted.Status.Detail);
    }

    [Fact]
    public async Task A_job_whose_weights_nobody_has_is_refused_and_one_whose_weights_do_not_fit_too()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        var assets = new Protocol.V1.Assets.AssetsClient(channel);
        string image = await farm.DrawAsync(96, 80);
        var motif = new OtherMotif();

        var missing = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(image, new Spec(Small) { Network = "motif", WeightsSha256 = motif.Sha256 }));
        Assert.Equal(StatusCode.FailedPrecondition, missing.StatusCode);
        Assert.Equal($"the coordinator does not have the weights {motif.Sha256[..8]}… of motif: upload them first, as `dreamfarm submit --weights FILE` does", missing.Status.Detail);

        await UploadAsync(assets, motif.Sha256, motif.Bytes);
        var wrong = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(image, new Spec { Network = "squeezenet1_0", WeightsSha256 = motif.Sha256 }));
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);
        Assert.StartsWith($"--weights {motif.Sha256[..8]}…: it does not hold weights of squeezenet1_0: tensor ", wrong.Status.Detail);
        Assert.EndsWith("they look like weights of motif.", wrong.Status.Detail);

        byte[] poem = Noise(100);
        await UploadAsync(assets, Hash(poem), poem);
        var none = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(image, new Spec(Small) { WeightsSha256 = Hash(poem) }));
        Assert.Contains("no .safetensors file", none.Status.Detail);
        Assert.DoesNotContain(farm.DataFolder, none.Status.Detail);
        Assert.Empty((await farm.Jobs.ListAsync(new ListJobsRequest())).Jobs);
        Assert.Equal(motif.Sha256, (await farm.SubmitAsync(image, new Spec(Small) { WeightsSha256 = motif.Sha256 })).Spec.WeightsSha256);
    }

    [Fact]
    public async Task What_a_client_says_of_a_network_is_not_believed()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        string image = await farm.DrawAsync(96, 80);
        var motif = new OtherMotif();
        await UploadAsync(new Protocol.V1.Assets.AssetsClient(channel), motif.Sha256, motif.Bytes);
        var told = NetworkCatalog.Default with { Nodes = [.. NetworkCatalog.Default.Nodes, new Node("lie", new Concatenation(), "3a", "3a")] };
        told = told with { Layers = [.. told.Layers, new Layer("lie", null)] };
        var spec = new Spec(Small) { Network = "motif", Layers = "lie", Graph = ByteString.CopyFrom(NetworkDescriptionJson.Write(told)) };
        foreach (var lie in new[] { new Spec(spec) { WeightsSha256 = motif.Sha256 }, spec })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(image, lie));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
            Assert.StartsWith("--layers, column 1: motif has no layer \"lie\"", refused.Status.Detail);
        }
    }

    [Fact]
    public async Task A_guide_has_to_be_there_and_to_be_for_the_layers_of_the_objective()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        string image = await farm.DrawAsync(96, 80);
        int channels = new NetworkGeometry(NetworkCatalog.Default)["3a"].Channels;
        var guide = new GuideFeatures(new Dictionary<string, GuidedLayer> { ["3a"] = new(Cells: 2, channels, new float[2 * channels]) });
        var spec = new Spec(Small) { Objective = "guide", GuideSha256 = guide.Sha256 };

        var missing = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(image, spec));
        Assert.Equal(StatusCode.FailedPrecondition, missing.StatusCode);
        Assert.StartsWith($"the coordinator does not have the guide's features {guide.Sha256[..8]}…", missing.Status.Detail);

        await UploadAsync(new Protocol.V1.Assets.AssetsClient(channel), guide.Sha256, guide.File.ToArray());
        var wrong = await Assert.ThrowsAsync<RpcException>(() => farm.SubmitAsync(image, new Spec(spec) { Layers = "4a" }));
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);
        Assert.Equal($"--guide {guide.Sha256[..8]}… has no features of 4a; they have to be made for the layers of the objective.", wrong.Status.Detail);
        Assert.Empty((await farm.Jobs.ListAsync(new ListJobsRequest())).Jobs);
        Assert.Equal(guide.Sha256, (await farm.SubmitAsync(image, spec)).Spec.GuideSha256);
    }

    [Fact]
    public async Task A_worker_fetches_the_weights_of_a_job_and_dreams_with_them()
    {
        await using var farm = await TestFarm.StartAsync();
        using var channel = GrpcChannel.ForAddress(farm.Coordinator.Address);
        string image = await farm.DrawAsync(96, 80);
        var motif = new OtherMotif();
        await UploadAsync(new Protocol.V1.Assets.AssetsClient(channel), motif.Sha256, motif.Bytes);
        await farm.AddWorkerAsync();

        var builtIn = await farm.FinishAsync((await farm.SubmitAsync(image, Small)).Id);
        var fetched = await farm.FinishAsync((await farm.SubmitAsync(image, new Spec(Small) { WeightsSha256 = motif.Sha256 })).Id);
        Assert.Equal(JobState.Done, fetched.State);
        Assert.Equal(farm.Canvas(builtIn), farm.Canvas(fetched));
        Assert.Equal([$"{motif.Sha256}.safetensors"], Directory.GetFiles(farm.WeightsFolder).Select(Path.GetFileName));
    }

    private static async Task UploadAsync(Protocol.V1.Assets.AssetsClient assets, string sha256, byte[] content, long? length = null)
    {
        using var call = assets.Upload();
        await call.RequestStream.WriteUnlessAnsweredAsync(Header(sha256, length ?? content.Length));
        for (int done = 0; done < content.Length; done += 1 << 20)
            await call.RequestStream.WriteUnlessAnsweredAsync(Data(content[done..Math.Min(content.Length, done + (1 << 20))]));
        await call.RequestStream.CompleteUnlessAnsweredAsync();
        await call.ResponseAsync;
    }

    private static async Task<byte[]> DownloadAsync(Protocol.V1.Assets.AssetsClient assets, string sha256, long offset)
    {
        using var call = assets.Download(new DownloadAssetRequest { Sha256 = sha256, Offset = offset });
        using var content = new MemoryStream();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var chunk = call.ResponseStream.Current;
            Assert.True(chunk.Data.Length <= 1 << 20);
            content.Write(chunk.Data.Span);
            Assert.True(offset + content.Length <= chunk.TotalBytes);
        }
        return content.ToArray();
    }

    private static UploadAssetRequest Header(string sha256, long length) => new() { Header = new UploadAssetHeader { Sha256 = sha256, TotalBytes = length } };

    private static UploadAssetRequest Data(byte[] bytes) => new() { Data = ByteString.CopyFrom(bytes) };

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static IEnumerable<string?> Kept(TestFarm farm) => Directory.GetFileSystemEntries(Path.Combine(farm.DataFolder, "assets")).Select(Path.GetFileName);

    private static string[] Temporary(TestFarm farm) => Directory.GetFileSystemEntries(Path.Combine(farm.DataFolder, "temporary"));
}
