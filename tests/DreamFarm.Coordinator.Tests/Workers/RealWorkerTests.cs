using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Security;
using DreamFarm.Worker;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace DreamFarm.Coordinator.Tests;

public class RealWorkerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    // A worker that waits for a processor is neither away nor slow.
    private static readonly DispatchOptions Patient = new() { ReadyTimeout = Long, ClassPatience = Long, StragglerMinimum = Long, HangMinimum = Long };

    [Fact]
    public async Task A_worker_computes_the_engines_gradients_to_the_last_bit()
    {
        using var motif = new MotifJob();
        await using var registry = await FakeRegistry.StartAsync();
        await using var one = await StartAsync(registry, lanes: 1);
        await using var two = await StartAsync(registry, lanes: 2);
        await using var dispatcher = Start(one, two);
        await using var job = dispatcher.Open(motif.Target);
        // As long as one of them gets no tile because the other is quicker, there is another step.
        var began = Stopwatch.StartNew();
        for (int step = 0; step < 2 || dispatcher.Snapshot().Any(worker => worker.TilesDone == 0); step++)
        {
            Assert.True(began.Elapsed < Long, "one of the workers gets no tile");
            Assert.Equal(0, await motif.CountWrongAsync(job, step).WaitAsync(Long));
        }
        Assert.All(dispatcher.Snapshot(), worker => Assert.Equal(0, worker.TilesFailed));
    }

    [Fact]
    public async Task A_worker_of_another_numerics_class_gets_no_tile_unless_the_job_is_mixed()
    {
        using var motif = new MotifJob();
        await using var registry = await FakeRegistry.StartAsync();
        await using var single = await StartAsync(registry, lanes: 2);
        await using var doubled = await StartAsync(registry, lanes: 1, EnginePrecision.Float64);
        await using var dispatcher = Start(single, doubled);
        await using (var job = dispatcher.Open(motif.Target))
        {
            Assert.Equal(0, await motif.CountWrongAsync(job, step: 0).WaitAsync(Long));
            var other = dispatcher.Snapshot().Single(worker => worker.Id == doubled.Id);
            Assert.Equal(0, other.TilesDone + other.TilesFailed);
            Assert.Contains("other bits", other.Problem);
        }

        // Only it is left: a mixed job goes on with it, and has other bits.
        dispatcher.SetWorkers([Lent(doubled)]);
        await using var mixed = dispatcher.Open(motif.Target with { Mixed = true });
        Assert.True(await motif.CountWrongAsync(mixed, step: 0).WaitAsync(Long) > 0);
    }

    [Fact]
    public async Task Channels_are_measured_by_workers_with_the_bits_of_the_engine_here()
    {
        using var motif = new MotifJob();
        await using var registry = await FakeRegistry.StartAsync();
        await using var one = await StartAsync(registry, lanes: 1);
        await using var two = await StartAsync(registry, lanes: 2);
        await using var dispatcher = Start(one, two);
        await using var job = dispatcher.Open(motif.Target);
        Assert.Equal(0, await motif.CountWrongSumsAsync(job).WaitAsync(Long));
        Assert.True(job.Share.Had > 0);
    }

    [Fact]
    public async Task A_worker_without_the_weights_says_why_it_could_not_fetch_them()
    {
        using var motif = new MotifJob();
        await using var registry = await FakeRegistry.StartAsync();
        string folder = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;
        await using var worker = await StartAsync(registry, lanes: 1, weightsFolder: folder);
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(motif.Target with { Network = "squeezenet1_0", ProbeObjective = "l2(fire8):1", WeightsSha256 = new string('7', 64) });
        await Until(() => job.Waiting is not null);
        Assert.Contains($"{worker.Id} says: it has no weights 77777777… of squeezenet1_0 and could not fetch them: ", job.Waiting);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_a_worker_can_hold_depends_on_the_network_that_a_job_is_about()
    {
        // Whatever VGG-19 takes, the others' windows are no smaller for it.
        long lightest = NetworkCatalog.All.Max(Fitting), heaviest = NetworkCatalog.All.Min(Fitting);
        Assert.True(lightest > 4 * heaviest);
        using var motif = new MotifJob();
        await using var registry = await FakeRegistry.StartAsync();
        await using var worker = await StartAsync(registry, lanes: 1);
        await using var dispatcher = Start(worker);
        await using (var fits = dispatcher.Open(motif.Target with { LargestWindow = new Dreaming.Size(2, (int)(heaviest * 3 / 4)) }))
            Assert.Equal(0, await motif.CountWrongAsync(fits, step: 0).WaitAsync(Long));

        await using var large = dispatcher.Open(motif.Target with { ProbeObjective = "l2(5b):1,l2(3b):1", LargestWindow = new Dreaming.Size(2, (int)(lightest / 2) - 1) });
        await Until(() => large.Waiting is not null);
        Assert.Contains($"{worker.Id} says: it can hold windows of ", large.Waiting);
        Assert.Contains(" pixels for 5b and 3b of motif, the job's are up to ", large.Waiting);

        static NetworkGeometry Geometry(NetworkDescription network) => new(network);
        static long Fitting(NetworkDescription network) => WindowMemory.MaxWindowPixels(Geometry(network), EnginePrecision.Float32, WindowMemory.Available, 1);
    }

    [Fact]
    public async Task A_worker_registers_when_the_coordinator_comes_and_again_when_it_is_forgotten()
    {
        int port = FreePort.Next();
        var messages = new HeardMessages();
        await using var worker = await RunningWorker.StartAsync(
            new WorkerOptions { CoordinatorUrl = $"http://127.0.0.1:{port}", Listen = "127.0.0.1:0", Lanes = 1, Messages = messages }, CancellationToken.None);
        await Until(() => messages.ToString().Contains("no coordinator answers"));
        await using var registry = await FakeRegistry.StartAsync(port);
        await Until(() => registry.Beats.Count > 2);
        // It may have registered twice if the first answer was long on its way.
        int registered = registry.Registered.Count;
        var known = registry.Registered.First();
        Assert.Equal((worker.Id, $":{worker.Port}", "cpu", 1), (known.Id, known.Address, known.Device, known.Lanes));
        Assert.True(known.MaxWindowPixels >= 1 << 20);

        registry.Forgot = true;
        await Until(() => registry.Registered.Count > registered);
        await Until(() => messages.ToString().Contains("registering again"));
        string[] lines = messages.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"worker {worker.Id} ready on 127.0.0.1:{worker.Port}: cpu, 1 lane", lines[0]);
        Assert.Equal(lines.Length, lines.Zip(lines.Prepend(""), (line, before) => line != before).Count(changed => changed));
    }

    [Fact]
    public async Task Heartbeats_come_in_time_while_every_lane_is_busy()
    {
        using var motif = new MotifJob();
        // Long enough that a machine busy with other things does not make a beat late.
        const double lease = 5;
        await using var registry = await FakeRegistry.StartAsync(leaseSeconds: lease);
        await using var worker = await StartAsync(registry, lanes: Environment.ProcessorCount);
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(motif.Target);
        using var enough = new CancellationTokenSource();
        var late = FindLatenessAsync(enough.Token);
        var busy = Stopwatch.StartNew();
        for (int step = 0; busy.Elapsed.TotalSeconds < 2 * lease; step++)
            await motif.CountWrongAsync(job, step).WaitAsync(Long);
        await enough.CancelAsync();
        // A beat is a pause, a call, its answer, and what each of them waits for a processor: as long as anything here had to.
        double longest = lease + 4 * (await late).TotalSeconds;
        var times = registry.Beats.Select(beat => beat.At.TotalSeconds).ToArray();
        Assert.True(times.Length > 3);
        Assert.True(times.Zip(times.Skip(1), (a, b) => b - a).Max() < longest, $"{longest}: " + string.Join(' ', times.Select(time => time.ToString("0.00", CultureInfo.InvariantCulture))));
    }

    [Fact]
    public async Task A_draining_worker_finishes_what_it_holds_says_so_and_leaves()
    {
        using var motif = new MotifJob();
        await using var registry = await FakeRegistry.StartAsync();
        await using var leaving = await StartAsync(registry, lanes: 1);
        await using var staying = await StartAsync(registry, lanes: 1);
        await using var dispatcher = Start(leaving, staying);
        await using var job = dispatcher.Open(motif.Target);
        // Steps go on until it leaves, so that it is found with windows in hand.
        bool left = false;
        var all = Task.Run(async () =>
        {
            int wrong = 0;
            for (int step = 0; !Volatile.Read(ref left); step++)
                wrong += await motif.CountWrongAsync(job, step);
            return wrong;
        }, TestContext.Current.CancellationToken);
        await Until(() => leaving.Windows > 0);
        var drained = leaving.DrainAsync(CancellationToken.None);
        await Until(() => registry.Beats.Any(beat => beat.Beat.Id == leaving.Id && beat.Beat.Draining));
        dispatcher.SetWorkers([Lent(leaving) with { Draining = true }, Lent(staying)]);
        await drained.WaitAsync(Long);
        Volatile.Write(ref left, true);
        Assert.Equal([leaving.Id], registry.Left);
        Assert.Equal(0, leaving.Windows);
        Assert.Equal(0, await all.WaitAsync(Long));
        Assert.Equal(0, dispatcher.Snapshot().Single(worker => worker.Id == leaving.Id).TilesFailed);
    }

    [Fact]
    public async Task A_worker_told_to_drain_by_its_coordinator_leaves_and_ends()
    {
        await using var registry = await FakeRegistry.StartAsync();
        var run = WorkerHost.RunAsync(new WorkerOptions { CoordinatorUrl = registry.Url, Listen = "127.0.0.1:0", Lanes = 1, Messages = TextWriter.Null }, CancellationToken.None);
        await Until(() => registry.Beats.Count > 1);
        Assert.False(run.IsCompleted);
        registry.Drains = true;
        await run.WaitAsync(Long);
        Assert.Equal([registry.Registered.First().Id], registry.Left);
    }

    [Fact]
    public async Task A_worker_of_another_protocol_ends_with_what_the_coordinator_says()
    {
        await using var registry = await FakeRegistry.StartAsync();
        registry.Refusal = "the worker speaks version 1 of the protocol, the coordinator version 2";
        var error = await Assert.ThrowsAsync<WorkerException>(() => WorkerHost.RunAsync(
            new WorkerOptions { CoordinatorUrl = registry.Url, Listen = "127.0.0.1:0", Lanes = 1, Messages = TextWriter.Null }, CancellationToken.None).WaitAsync(Long));
        Assert.Contains(registry.Refusal, error.Message);
        Assert.Equal(ProtocolVersion.Current, Assert.Single(registry.Registered).Protocol);
    }

    [Fact]
    public async Task What_is_wrong_with_a_window_is_answered_for_that_window_and_the_stream_goes_on()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var worker = await StartAsync(registry, lanes: 1);
        using var channel = Dial(worker);
        using var call = new Gradients.GradientsClient(channel).Compute();
        Assert.NotNull((await NextAsync()).Ready);
        await call.RequestStream.WriteAsync(new ComputeRequest { Objective = new ObjectiveSetup { Id = 1, Network = "motif", Objective = "l2(3b):1", CanvasHeight = 64, CanvasWidth = 64 } }.Seal());
        Assert.Equal("", (await NextAsync()).Objective.Problem);
        await call.RequestStream.WriteAsync(new ComputeRequest { Objective = new ObjectiveSetup { Id = 2, Network = "motiv", Objective = "l2(3b):1", CanvasHeight = 64, CanvasWidth = 64 } }.Seal());
        Assert.Contains("there is no network \"motiv\"", (await NextAsync()).Objective.Problem);
        await call.RequestStream.WriteAsync(new ComputeRequest { Objective = new ObjectiveSetup { Id = 3, Network = "motif", Objective = "l2(fire8):1", CanvasHeight = 64, CanvasWidth = 64 } }.Seal());
        Assert.Contains("motif has no layer \"fire8\"", (await NextAsync()).Objective.Problem);

        Assert.Contains("objective 9 has not been set up", await SendAsync(Slice(10, 9, 64)));
        Assert.Contains("there is no network", await SendAsync(Slice(11, 2, 64)));
        Assert.Contains("checksum", await SendAsync(Slice(12, 1, 64), slice => slice.Crc32C ^= 4));
        Assert.Contains("larger than", await SendAsync(Slice(13, 1, 64), slice => slice.Shape.Height = 100_000_000));
        Assert.Contains("no multiple of the stride", await SendAsync(Slice(14, 1, 63)));
        Assert.Contains("row 0 is due", await SendAsync(Slice(15, 1, 64), slice => slice.FirstRow = 1));

        var sent = Stopwatch.StartNew();
        await call.RequestStream.WriteAsync(new ComputeRequest { Window = Slice(16, 1, 64) });
        var core = (await NextAsync()).Core;
        Assert.Equal((16L, 0, 64), (core.Window, core.FirstRow, core.Rows));
        Assert.InRange(core.LaneSeconds, 1e-6, sent.Elapsed.TotalSeconds);

        using var pixels = new RowBuffer<short>(3 * 256 * 256);
        var slices = WindowSlices.Split(17, 1, new WindowShape(256, 256, 64, 64, 128, 128), pixels).ToArray();
        foreach (var slice in slices[..^1])
            await call.RequestStream.WriteAsync(new ComputeRequest { Window = slice });
        await call.RequestStream.WriteAsync(new ComputeRequest { Objective = new ObjectiveSetup { Id = 1, Forget = true } }.Seal());
        Assert.Contains("objective 1 was forgotten", await SendAsync(slices[^1]));
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));

        async Task<string> SendAsync(WindowSlice slice, Action<WindowSlice>? damage = null)
        {
            damage?.Invoke(slice);
            await call.RequestStream.WriteAsync(new ComputeRequest { Window = slice });
            var reply = await NextAsync();
            Assert.Equal(slice.Window, reply.Failed.Window);
            return reply.Failed.Problem;
        }

        async Task<ComputeReply> NextAsync()
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Long));
            return call.ResponseStream.Current;
        }
    }

    [Fact]
    public async Task A_window_beyond_the_credit_is_refused()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var worker = await StartAsync(registry, lanes: 1);
        using var channel = Dial(worker);
        using var call = new Gradients.GradientsClient(channel).Compute();
        await call.ResponseStream.MoveNext(CancellationToken.None);
        long credit = call.ResponseStream.Current.Ready.CreditBytes;
        await call.RequestStream.WriteAsync(new ComputeRequest { Objective = new ObjectiveSetup { Id = 1, Network = "motif", Objective = "l2(3b):1", CanvasHeight = 64, CanvasWidth = 64 } }.Seal());
        await call.ResponseStream.MoveNext(CancellationToken.None);

        // First slices alone: windows that never become whole hold their memory.
        const int side = 1024;
        long windows = credit / (6 * side * side);
        for (long id = 1; id <= windows + 1; id++)
            await call.RequestStream.WriteAsync(new ComputeRequest { Window = Slice(id, 1, side) });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Long));
        Assert.Equal(windows + 1, call.ResponseStream.Current.Failed.Window);
        Assert.Contains("beyond the credit", call.ResponseStream.Current.Failed.Problem);
        Assert.Equal(windows, worker.Windows);
        call.Dispose();
        await Until(() => worker.Windows == 0);
    }

    [Theory]
    [InlineData("nonsense", "127.0.0.1:0", "cpu", null, "is no coordinator's URL")]
    [InlineData("ftp://here", "127.0.0.1:0", "cpu", null, "is no coordinator's URL")]
    [InlineData("http://127.0.0.1:7600", "7610", "cpu", null, "is no address to listen on")]
    [InlineData("http://127.0.0.1:7600", "127.0.0.1:99999", "cpu", null, "is no address to listen on")]
    [InlineData("http://127.0.0.1:7600", "127.0.0.1:0", "tpu", null, "no device \"tpu\"")]
    [InlineData("http://127.0.0.1:7600", "127.0.0.1:0", "cpu", 0, "lanes are not possible")]
    [InlineData("http://127.0.0.1:7600", "192.0.2.1:7610", "cpu", 1, "Cannot listen on 192.0.2.1:7610")]
    public async Task A_wrong_option_is_refused_in_one_sentence(string url, string listen, string device, int? lanes, string why)
    {
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunningWorker.StartAsync(
            new WorkerOptions { CoordinatorUrl = url, Listen = listen, Device = device, Lanes = lanes, Security = ClientSecurity.Default with { Insecure = true }, Messages = TextWriter.Null }, CancellationToken.None));
        Assert.Contains(why, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunningWorker.StartAsync(
            new WorkerOptions { CoordinatorUrl = "http://127.0.0.1:1", Listen = taken.LocalEndpoint.ToString()!, Lanes = 1, Messages = TextWriter.Null }, CancellationToken.None));
        Assert.Contains($"Cannot listen on {taken.LocalEndpoint}", error.Message);
    }

    private static WindowSlice Slice(long window, long objective, int side)
    {
        var shape = new Dreaming.WindowShape(side, side, 0, 0, side, side);
        using var pixels = new RowBuffer<short>(shape.WindowValues);
        pixels.GetSpan().Fill(100);
        return WindowSlice.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(WindowSlices.Split(window, objective, shape, pixels).First()));
    }

    private static GrpcChannel Dial(RunningWorker worker) => GrpcChannel.ForAddress(
        $"http://127.0.0.1:{worker.Port}",
        new GrpcChannelOptions { HttpHandler = new TokenHandler(new SocketsHttpHandler(), BearerToken.Of(worker.Secret, "the test")), DisposeHttpClient = true });

    private static LentWorker Lent(RunningWorker worker) => new(worker.Id, $"127.0.0.1:{worker.Port}", Access: new WorkerAccess(worker.Secret));

    private static Task<RunningWorker> StartAsync(FakeRegistry registry, int lanes, EnginePrecision precision = EnginePrecision.Float32, string? weightsFolder = null) =>
        RunningWorker.StartAsync(
            new WorkerOptions { CoordinatorUrl = registry.Url, Listen = "127.0.0.1:0", Lanes = lanes, Precision = precision, Messages = TextWriter.Null, ModelsFolders = [], WeightsFolder = weightsFolder },
            CancellationToken.None);

    private static Dispatcher Start(params RunningWorker[] workers)
    {
        var dispatcher = new Dispatcher(Patient, TimeProvider.System, NullLogger<Dispatcher>.Instance);
        dispatcher.SetWorkers([.. workers.Select(Lent)]);
        return dispatcher;
    }

    /// <summary>How late the latest of many short pauses was, on this machine and with what else it does.</summary>
    private static async Task<TimeSpan> FindLatenessAsync(CancellationToken enough)
    {
        var pause = TimeSpan.FromSeconds(0.1);
        var latest = TimeSpan.Zero;
        while (!enough.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            await Task.Delay(pause, CancellationToken.None);
            var late = Stopwatch.GetElapsedTime(began) - pause;
            latest = late > latest ? late : latest;
        }
        return latest;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !condition(); await Task.Delay(10))
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Long, "waited in vain");
    }
}
