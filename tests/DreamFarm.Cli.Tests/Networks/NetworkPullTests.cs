using System.Collections.Concurrent;
using System.Security.Cryptography;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Networks;
using DreamFarm.Networks;
using Microsoft.AspNetCore.Http;

namespace DreamFarm.Cli.Tests.Networks;

/// <summary>Weights on their way from a publisher.</summary>
public sealed class NetworkPullTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;
    private readonly ConcurrentQueue<string> _ranges = [];
    private readonly ConcurrentQueue<(string Text, double Fraction)> _reports = [];
    private long _had;
    private readonly byte[] _published;
    private readonly string _sha256;

    public NetworkPullTests()
    {
        using var weights = WeightFile.OpenBuiltIn(NetworkCatalog.Default)!;
        _published = new byte[weights.PortableLength];
        weights.ReadPortable(0, _published);
        _sha256 = Convert.ToHexStringLower(SHA256.HashData(_published));
    }

    private string Models => Path.Combine(_folder, "models");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_published_is_installed_under_the_network_s_name_and_nothing_else_is_left()
    {
        await using var server = await ServeAsync();
        string path = await PullAsync(server);
        Assert.Equal(Path.Combine(Models, "motif.safetensors"), path);
        Assert.Equal(_published, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(Models));
        Assert.Equal([""], _ranges);
        Assert.Contains(_reports, report => report.Text.EndsWith($" of {_published.Length / 1e6:0} MB", StringComparison.Ordinal));
        Assert.Equal(1, _reports.Last().Fraction);
    }

    [Fact]
    public async Task A_download_that_is_cut_off_goes_on_where_it_was()
    {
        await using var server = await ServeAsync(cuts: [1_000_000, 500_000]);
        Assert.Equal(_published, File.ReadAllBytes(await PullAsync(server)));
        // What was on its way when the connection broke is lost.
        long[] starts = Starts();
        Assert.Equal(3, starts.Length);
        Assert.InRange(starts[1], 1, 1_000_000);
        Assert.InRange(starts[2], starts[1] + 1, starts[1] + 500_000);
    }

    [Fact]
    public async Task A_later_run_goes_on_where_an_earlier_one_was_interrupted()
    {
        using var interrupted = new CancellationTokenSource();
        await using var server = await ServeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullAsync(server, interrupt: bytes =>
        {
            if (bytes > 1_000_000)
                interrupted.Cancel();
        }, cancellation: interrupted.Token));
        string partial = Assert.Single(Directory.GetFiles(Models));
        Assert.InRange(new FileInfo(partial).Length, 1_000_000, _published.Length - 1);
        Assert.Null(Locator.FindFile(NetworkCatalog.Default));

        long there = new FileInfo(partial).Length;
        await PullAsync(server);
        Assert.Equal(["", $"bytes={there}-"], _ranges);
        Assert.Equal([Path.Combine(Models, "motif.safetensors")], Directory.GetFiles(Models));
    }

    [Fact]
    public async Task What_was_complete_when_it_was_interrupted_is_not_fetched_again()
    {
        using var interrupted = new CancellationTokenSource();
        await using var server = await ServeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullAsync(server, interrupt: bytes =>
        {
            if (bytes == _published.Length)
                interrupted.Cancel();
        }, cancellation: interrupted.Token));
        await PullAsync(server);
        Assert.Equal(["", $"bytes={_published.Length}-"], _ranges);
    }

    [Fact]
    public async Task A_server_that_cannot_send_parts_sends_the_whole_again()
    {
        int requests = 0;
        await using var server = await FileServer.StartAsync(async context =>
        {
            _ranges.Enqueue(context.Request.Headers.Range.ToString());
            context.Request.Headers.Remove("Range");
            await FileServer.SendAsync(context, _published, requests++ == 0 ? 1_000_000 : int.MaxValue, () => Volatile.Read(ref _had));
        });
        Assert.Equal(_published, File.ReadAllBytes(await PullAsync(server)));
        long[] starts = Starts();
        Assert.Equal(2, starts.Length);
        Assert.InRange(starts[1], 1, 1_000_000);
    }

    [Fact]
    public async Task Another_file_than_the_published_one_is_not_installed()
    {
        _published[^1] ^= 1;
        await using var server = await ServeAsync();
        string problem = await RefusalAsync(server);
        Assert.StartsWith($"what came from {server.Url}/motif.pth is not the published file: its SHA-256 begins with ", problem, StringComparison.Ordinal);
        Assert.EndsWith($", not with {_sha256[..8]}; nothing was installed", problem, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Models));
    }

    [Fact]
    public async Task The_right_file_of_another_network_is_not_installed_either()
    {
        await using var server = await ServeAsync();
        var squeezeNet = NetworkCatalog.Find("squeezenet1_0")! with { Publisher = Publisher(server) };
        var problem = await Assert.ThrowsAsync<WeightsException>(() => PullAsync(server, network: squeezeNet));
        Assert.Contains("does not hold weights of squeezenet1_0", problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Models));
    }

    [Fact]
    public async Task A_server_that_refuses_is_named_with_what_it_says()
    {
        await using var gone = await FileServer.StartAsync(context => Answer(context, StatusCodes.Status404NotFound));
        Assert.Equal($"there is no file {gone.Url}/motif.pth (any more): --from URL fetches it from elsewhere", await RefusalAsync(gone));
        await using var shut = await FileServer.StartAsync(context => Answer(context, StatusCodes.Status403Forbidden));
        Assert.Equal($"{shut.Url}/motif.pth is refused by its server: 403 Forbidden", await RefusalAsync(shut));

        static Task Answer(HttpContext context, int status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_asked_again_and_then_given_up()
    {
        int requests = 0;
        var time = new SilentTime();
        await using var server = await FileServer.StartAsync(async context =>
        {
            requests++;
            context.Response.ContentLength = _published.Length;
            await context.Response.Body.FlushAsync();
            // It says that it begins when it has heard so much.
            while (_reports.Count < requests)
                await Task.Delay(5);
            time.EndSilence();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        var problem = await Assert.ThrowsAsync<UserException>(() => PullAsync(server, time: time));
        Assert.Equal($"{server.Url}/motif.pth was cut off again and again: nothing came for 60 seconds", problem.Message);
        Assert.Equal(4, requests);
    }

    [Fact]
    public async Task A_publisher_who_has_moved_is_followed()
    {
        await using var server = await FileServer.StartAsync(context =>
        {
            if (context.Request.Path == "/elsewhere")
                return FileServer.SendAsync(context, _published);
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        Assert.Equal(_published, File.ReadAllBytes(await PullAsync(server)));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_at_once()
    {
        await using var server = await ServeAsync();
        var address = new Uri("http://127.0.0.1:1/motif.pth");
        var problem = await Assert.ThrowsAsync<UserException>(() => PullAsync(server, address: address));
        Assert.StartsWith("127.0.0.1 cannot be reached: Connection refused; --from URL ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_was_published_is_not_kept()
    {
        await using var server = await ServeAsync();
        var problem = await Assert.ThrowsAsync<UserException>(() => PullAsync(server, publisher: Publisher(server) with { Bytes = 1000 }));
        Assert.Contains($"has {_published.Length} bytes or more, but the weights have 1000 at most", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_at_a_time_do_not_write_into_one_file()
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var server = await FileServer.StartAsync(async context =>
        {
            begun.TrySetResult();
            await ended.Task;
            await FileServer.SendAsync(context, _published);
        });
        var first = PullAsync(server);
        await begun.Task;
        Assert.StartsWith("another `dreamfarm networks pull motif` seems to be under way: ", await RefusalAsync(server), StringComparison.Ordinal);
        ended.SetResult();
        await first;
    }

    /// <summary>The first byte that each request wanted.</summary>
    private long[] Starts() => [.. _ranges.Select(range => range.Length == 0 ? 0 : long.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture))];

    private WeightsLocator Locator => new([Models]);

    private Publisher Publisher(FileServer server) => new(new Uri($"{server.Url}/motif.pth"), _published.Length, _sha256[..8], "ours");

    private Task<FileServer> ServeAsync(params int[] cuts)
    {
        var left = new Queue<int>(cuts);
        return FileServer.StartAsync(context =>
        {
            _ranges.Enqueue(context.Request.Headers.Range.ToString());
            return FileServer.SendAsync(context, _published, left.TryDequeue(out int most) ? most : int.MaxValue, () => Volatile.Read(ref _had));
        });
    }

    private async Task<string> PullAsync(
        FileServer server, NetworkDescription? network = null, Publisher? publisher = null, Uri? address = null, Action<long>? interrupt = null, TimeProvider? time = null,
        CancellationToken cancellation = default)
    {
        network ??= NetworkCatalog.Default with { BuiltInWeights = null, Publisher = publisher ?? Publisher(server) };
        using var handler = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(handler);
        return await new NetworkPull(http, Locator, time ?? new QuickTime(5), Report).RunAsync(network, address ?? network.Publisher!.Address, cancellation);

        void Report(string text, double fraction)
        {
            _reports.Enqueue((text, fraction));
            Volatile.Write(ref _had, (long)Math.Round(fraction * _published.Length));
            interrupt?.Invoke((long)(fraction * _published.Length));
        }
    }

    private async Task<string> RefusalAsync(FileServer server) => (await Assert.ThrowsAsync<UserException>(() => PullAsync(server))).Message;

    /// <summary>A clock whose short timers run twenty times as fast, and whose long ones go off when the test says so.</summary>
    private sealed class SilentTime : TimeProvider
    {
        private readonly ConcurrentQueue<(TimerCallback Callback, object? State)> _long = [];

        public void EndSilence()
        {
            while (_long.TryDequeue(out var timer))
                timer.Callback(timer.State);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromSeconds(60))
                return base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / 20, period);
            _long.Enqueue((callback, state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }

    /// <summary>A clock whose short timers run some times as fast: for pauses, and not for the silence of who waits for a processor.</summary>
    private sealed class QuickTime(int factor) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(factor, base.CreateTimer(callback, state, Quick(factor, dueTime), period));

        private static TimeSpan Quick(int factor, TimeSpan time) => time == Timeout.InfiniteTimeSpan || time >= TimeSpan.FromSeconds(60) ? time : time / factor;

        private sealed class Timer(int factor, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Quick(factor, dueTime), period);

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
