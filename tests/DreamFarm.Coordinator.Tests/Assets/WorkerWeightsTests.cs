using DreamFarm.Networks;
using DreamFarm.Worker;
using Grpc.Net.Client;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Where a worker gets weights from, and that it gets them once.</summary>
public sealed class WorkerWeightsTests : IDisposable
{
    private static readonly NetworkDescription Motif = NetworkCatalog.Find("motif")!;

    private readonly OtherMotif _motif = new();
    private readonly string _root = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;

    private string Folder => Path.Combine(_root, "weights");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Weights_are_fetched_once_and_then_come_from_the_folder()
    {
        await using var assets = await FakeAssets.StartAsync(_motif.Bytes);
        using var channel = GrpcChannel.ForAddress(assets.Url);
        var weights = Weights(channel);
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(weights)));
        Assert.All(opened, sha256 => Assert.Equal(_motif.Sha256, sha256));

        // A worker that is started later.
        Assert.Equal(_motif.Sha256, await OpenAsync(Weights(channel)));
        Assert.Equal([0L], assets.Offsets);
        Assert.Equal(_motif.Bytes, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Folder))));
    }

    [Fact]
    public async Task Two_workers_with_one_folder_fetch_once()
    {
        await using var assets = await FakeAssets.StartAsync(_motif.Bytes);
        using var channel = GrpcChannel.ForAddress(assets.Url);
        var release = new TaskCompletionSource();
        assets.Before = () => release.Task;
        var both = Task.WhenAll(OpenAsync(Weights(channel)), OpenAsync(Weights(channel)));
        while (assets.Offsets.IsEmpty)
            await Task.Delay(10);
        await Task.Delay(300);
        release.SetResult();
        Assert.Equal([_motif.Sha256, _motif.Sha256], await both);
        Assert.Equal([0L], assets.Offsets);
        Assert.Single(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task A_worker_does_not_wait_for_another_that_is_stuck()
    {
        await using var assets = await FakeAssets.StartAsync(_motif.Bytes);
        using var channel = GrpcChannel.ForAddress(assets.Url);
        Directory.CreateDirectory(Folder);
        using var stuck = new FileStream(Path.Combine(Folder, _motif.Sha256 + ".part"), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var time = new HurriedTime();
        Assert.Equal(_motif.Sha256, await OpenAsync(new WorkerWeights(new FetchedAssets(new Protocol.V1.Assets.AssetsClient(channel), Folder, time), new WeightsLocator([]))));
        Assert.True(time.Asked > 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_file_is_fetched_again(bool cutShort)
    {
        await using var assets = await FakeAssets.StartAsync(_motif.Bytes);
        using var channel = GrpcChannel.ForAddress(assets.Url);
        Directory.CreateDirectory(Folder);
        string path = Path.Combine(Folder, _motif.Sha256 + ".safetensors");
        byte[] damaged = [.. _motif.Bytes];
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(path, cutShort ? damaged[..^100] : damaged);
        Assert.Equal(_motif.Sha256, await OpenAsync(Weights(channel)));
        Assert.Equal(_motif.Bytes, await File.ReadAllBytesAsync(path));
        Assert.Equal([0L], assets.Offsets);
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        await using var assets = await FakeAssets.StartAsync(_motif.Bytes);
        assets.BreakAfter = _motif.Bytes.Length / 3 + 1;
        using var channel = GrpcChannel.ForAddress(assets.Url);
        Assert.Equal(_motif.Sha256, await OpenAsync(Weights(channel)));
        Assert.Equal([0, assets.BreakAfter, 2 * assets.BreakAfter], assets.Offsets);
    }

    [Fact]
    public async Task A_coordinator_that_is_started_anew_in_the_middle_of_a_fetch_is_asked_for_the_rest()
    {
        int half = _motif.Bytes.Length / 2, port = FreePort.Next();
        await using (var before = await FakeAssets.StartAsync(_motif.Bytes, port))
        {
            // It sends a half, and then says nothing but good-bye.
            before.BreakAfter = half;
            before.Before = () => before.Offsets.Count > 1 ? throw new IOException("gone") : Task.CompletedTask;
            using var channel = GrpcChannel.ForAddress(before.Url);
            var error = await Assert.ThrowsAsync<WorkerException>(() => OpenAsync(Weights(channel)));
            Assert.Contains($"it has no weights {_motif.Sha256[..8]}… of motif and could not fetch them: ", error.Message);
        }
        Assert.Equal(half, new FileInfo(Path.Combine(Folder, _motif.Sha256 + ".part")).Length);

        await using var after = await FakeAssets.StartAsync(_motif.Bytes, port);
        using var again = GrpcChannel.ForAddress(after.Url);
        Assert.Equal(_motif.Sha256, await OpenAsync(Weights(again)));
        Assert.Equal([half], after.Offsets);
        Assert.Equal([$"{_motif.Sha256}.safetensors"], Directory.GetFiles(Folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(10_000_000)]
    public async Task A_damaged_beginning_is_thrown_away(int length)
    {
        await using var assets = await FakeAssets.StartAsync(_motif.Bytes);
        using var channel = GrpcChannel.ForAddress(assets.Url);
        Directory.CreateDirectory(Folder);
        await File.WriteAllBytesAsync(Path.Combine(Folder, _motif.Sha256 + ".part"), new byte[length]);
        Assert.Equal(_motif.Sha256, await OpenAsync(Weights(channel)));
        Assert.Equal([length, 0L], assets.Offsets);
    }

    [Fact]
    public async Task Other_bytes_than_were_asked_for_are_not_kept()
    {
        await using var assets = await FakeAssets.StartAsync(new OtherMotif(spaces: 16).Bytes);
        using var channel = GrpcChannel.ForAddress(assets.Url);
        var error = await Assert.ThrowsAsync<WorkerException>(() => OpenAsync(Weights(channel)));
        Assert.Equal($"the coordinator sent other bytes than the weights {_motif.Sha256[..8]}… of motif", error.Message);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Weights_in_a_models_folder_are_not_fetched()
    {
        string models = Directory.CreateDirectory(Path.Combine(_root, "models")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(models, "a studio's own.safetensors"), _motif.Bytes);
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var weights = new WorkerWeights(new FetchedAssets(new Protocol.V1.Assets.AssetsClient(channel), Folder, TimeProvider.System), new WeightsLocator([models]));
        Assert.Equal(_motif.Sha256, await OpenAsync(weights));
    }

    [Fact]
    public async Task What_cannot_be_is_one_sentence()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var assets = new Protocol.V1.Assets.AssetsClient(channel);
        Assert.StartsWith($"it has no weights {_motif.Sha256[..8]}… of motif and could not fetch them: ", (await Assert.ThrowsAsync<WorkerException>(() => OpenAsync(Weights(channel)))).Message);
        Assert.Empty(Directory.GetFiles(Folder));
        var nowhere = new WorkerWeights(new FetchedAssets(assets, null, TimeProvider.System), new WeightsLocator([]));
        Assert.Contains("set XDG_CACHE_HOME or HOME", (await Assert.ThrowsAsync<WorkerException>(() => OpenAsync(nowhere))).Message);
        await File.WriteAllTextAsync(Path.Combine(_root, "file"), "");
        var file = new WorkerWeights(new FetchedAssets(assets, Path.Combine(_root, "file"), TimeProvider.System), new WeightsLocator([]));
        Assert.Contains("it could not keep the weights", (await Assert.ThrowsAsync<WorkerException>(() => OpenAsync(file))).Message);
        var path = await Assert.ThrowsAsync<WorkerException>(() => Weights(channel).OpenAsync(Motif.Name, "../../etc/passwd", CancellationToken.None));
        Assert.Equal("weights_sha256 must be 64 lowercase hexadecimal digits", path.Message);
    }

    private WorkerWeights Weights(GrpcChannel channel) => new(new FetchedAssets(new Protocol.V1.Assets.AssetsClient(channel), Folder, TimeProvider.System), new WeightsLocator([]));

    private async Task<string> OpenAsync(WorkerWeights weights)
    {
        using var opened = await weights.OpenAsync(Motif.Name, _motif.Sha256, CancellationToken.None);
        return opened.Sha256;
    }

    /// <summary>A clock that is ten seconds further each time it is looked at.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public int Asked { get; private set; }

        public override long GetTimestamp() => 10 * TimestampFrequency * Asked++;
    }
}
