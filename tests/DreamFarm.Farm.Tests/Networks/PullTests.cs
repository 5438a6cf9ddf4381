namespace DreamFarm.Farm.Tests;

/// <summary><c>dreamfarm networks pull</c> without a network of any kind.</summary>
public sealed class PullTests : IDisposable
{
    private const string Address = "http://dl.caffe.berkeleyvision.org/bvlc_googlenet.caffemodel";

    private readonly TestFolder _folder = new();

    private string Models => _folder["dreamfarm/models"];

    [Fact]
    public async Task The_publisher_s_own_address_is_asked_and_what_is_not_his_file_is_not_installed()
    {
        await using var proxy = new PublisherProxy(new byte[2_000_000]);
        var run = await RunAsync(proxy.Variable, "networks", "pull", "bvlc_googlenet");
        Assert.Equal($"GET {Address} HTTP/1.1", Assert.Single(proxy.Requests));
        Assert.StartsWith($"what came from {Address} is not the published file: its SHA-256 begins with ", run.Refusal());
        Assert.EndsWith("; nothing was installed", run.Refusal());
        Assert.Contains("bvlc_googlenet: 0 of 2 MB\n", run.Errors);
        Assert.Contains("bvlc_googlenet: 2 of 2 MB\n", run.Errors);
        Assert.Empty(Directory.GetFiles(Models));
    }

    [Fact]
    public async Task Without_a_network_it_says_who_cannot_be_reached()
    {
        var run = await RunAsync("https_proxy=http://127.0.0.1:1", "networks", "pull", "vgg16");
        Assert.StartsWith("download.pytorch.org cannot be reached: Connection refused", run.Refusal());
        run = await RunAsync("x=y", "networks", "pull", "vgg16", "--from", "http://127.0.0.1:1/vgg16.pth");
        Assert.StartsWith("127.0.0.1 cannot be reached: Connection refused", run.Refusal());
    }

    [Fact]
    public async Task Control_C_keeps_what_has_come()
    {
        await using var proxy = new PublisherProxy(new byte[10_000_000], most: 6_000_000);
        using var process = DreamfarmRun.StartWith([proxy.Variable], _folder.FullName, "networks", "pull", "bvlc_googlenet");
        while (!Directory.Exists(Models) || Directory.GetFiles(Models).Sum(file => new FileInfo(file).Length) < 6_000_000)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        DreamfarmRun.Send(process, Signal.Interrupt);
        var run = await DreamfarmRun.EndOfAsync(process);
        Assert.Equal(130, run.ExitCode);
        Assert.EndsWith("what has come is kept: `dreamfarm networks pull bvlc_googlenet` goes on from there\n", run.Errors);
        Assert.Equal(6_000_000, new FileInfo(Assert.Single(Directory.GetFiles(Models))).Length);
    }

    [Fact]
    public async Task A_full_disk_is_named()
    {
        await using var disk = await SmallDisk.MountAsync(_folder["disk"]);
        Assert.SkipWhen(disk is null, "Nothing may be mounted here.");
        disk.Fill();
        await using var proxy = new PublisherProxy(new byte[2_000_000]);
        using var process = DreamfarmRun.StartWith([proxy.Variable, $"DREAMFARM_MODELS={disk.Folder}"], _folder.FullName, "networks", "pull", "bvlc_googlenet");
        var run = await DreamfarmRun.EndOfAsync(process);
        Assert.Equal($"{Address} could not be kept in {disk.Folder}: the disk is full", run.Refusal());
    }

    [Theory]
    [InlineData("networks pull motif", "the weights of motif are built in: there is nothing to fetch")]
    [InlineData("networks pull vgg61", "there is no network \"vgg61\"; did you mean \"vgg16\"? It can be ")]
    [InlineData("networks pull vgg16 --from vgg16.pth", "--from must be an address such as https://HOST/FILE, not \"vgg16.pth\"; `dreamfarm networks import FILE` installs a file that is here")]
    public async Task What_cannot_be_fetched_is_said_before_anything_is_fetched(string commandLine, string expected)
    {
        var run = await DreamfarmRun.InAsync(_folder.FullName, commandLine.Split(' '));
        Assert.StartsWith(expected, run.Refusal());
        Assert.False(Directory.Exists(Models));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<DreamfarmRun> RunAsync(string variable, params string[] arguments)
    {
        using var process = DreamfarmRun.StartWith([variable], _folder.FullName, arguments);
        return await DreamfarmRun.EndOfAsync(process);
    }
}
