using System.Diagnostics;
using System.Net;
using DreamFarm.Dreaming;
using DreamFarm.Imaging;
using DreamFarm.Networks;
using DreamFarm.Protocol;
using DreamFarm.Protocol.Specs;
using DreamFarm.Protocol.V1;
using DreamFarm.Worker;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator.Tests;

/// <summary>A coordinator on a free port with a folder of its own, and whatever workers a test adds.</summary>
internal sealed class TestFarm : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly List<IAsyncDisposable> _workers = [];
    private CoordinatorOptions _options;
    private GrpcChannel _channel;

    // Nobody is in a hurry but where a test is about that: a part that answers late, or a stop that is cut short, changes what a job's history says.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private TestFarm(RunningCoordinator coordinator, CoordinatorOptions options, string folder)
    {
        (Coordinator, _options, Folder) = (coordinator, options, folder);
        Dial();
    }

    public RunningCoordinator Coordinator { get; private set; }

    /// <summary>For the test's own files.</summary>
    public string Folder { get; }

    public string DataFolder => Path.Combine(Folder, "data");

    /// <summary>Where its workers keep weights that they fetched.</summary>
    public string WeightsFolder => Path.Combine(Folder, "weights");

    public V1.Jobs.JobsClient Jobs { get; private set; }

    public V1.Workers.WorkersClient Workers { get; private set; }

    public static async Task<TestFarm> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null, Action<ISiloBuilder>? configure = null)
    {
        string folder = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;
        var options = new CoordinatorOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Web = new IPEndPoint(IPAddress.Loopback, 0),
            DataFolder = Path.Combine(folder, "data"),
            Lease = TimeSpan.FromHours(1),
        };
        options = change?.Invoke(options) ?? options;
        return new TestFarm(await StartAsync(options, configure), options, folder);
    }

    private static Task<RunningCoordinator> StartAsync(CoordinatorOptions options, Action<ISiloBuilder>? configure) => RunningCoordinator.StartAsync(options, silo =>
    {
        silo.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience);
        silo.Configure<SiloMessagingOptions>(messages => messages.ResponseTimeout = Patience);
        configure?.Invoke(silo);
    }, CancellationToken.None);

    /// <summary>Ends the coordinator as SIGTERM does, and starts another on its folder, which goes on with its jobs; the workers are gone.</summary>
    /// <param name="between">What happens to the folder meanwhile.</param>
    /// <param name="change">The new one's settings.</param>
    public async Task RestartAsync(Action? between = null, Func<CoordinatorOptions, CoordinatorOptions>? change = null)
    {
        await Coordinator.DisposeAsync();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        _workers.Clear();
        _channel.Dispose();
        between?.Invoke();
        _options = change?.Invoke(_options) ?? _options;
        Coordinator = await StartAsync(_options, configure: null);
        Dial();
    }

    /// <summary>What a job's history says of checkpoints.</summary>
    public async Task<string[]> HistoryAsync(string id) =>
        [.. (await Coordinator.Services.GetRequiredService<IJobStore>().HistoryAsync(id, CancellationToken.None)).Select(transition => transition.Why)
            .Where(why => why.Contains("checkpoint", StringComparison.Ordinal) || why.StartsWith("it ", StringComparison.Ordinal))];

    /// <summary>A worker with the real engine.</summary>
    public async Task<RunningWorker> AddWorkerAsync(int lanes = 1)
    {
        var worker = await RunningWorker.StartAsync(
            new WorkerOptions { CoordinatorUrl = Coordinator.Address.ToString(), Listen = "127.0.0.1:0", Lanes = lanes, WeightsFolder = WeightsFolder, Messages = TextWriter.Null }, CancellationToken.None);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>A worker that answers at once with <see cref="InstantGradients"/>, or when the test lets it.</summary>
    /// <param name="numericsClass">That of its answers to probes; null for the usual one.</param>
    public async Task<FakeWorker> AddInstantAsync(Func<Task>? before = null, string? numericsClass = null)
    {
        var worker = await FakeWorker.StartAsync($"w-instant-{_workers.Count}", new Ready { CreditBytes = 64 << 20, Lanes = 2, MaxWindowPixels = 1 << 26 });
        worker.NumericsClass = numericsClass ?? worker.NumericsClass;
        worker.Answer = async (window, reply) =>
        {
            await (before?.Invoke() ?? Task.CompletedTask);
            using var core = new RowBuffer<Half>(window.Shape.CoreValues);
            double loss = InstantGradients.Compute(window.Shape, window.Pixels.Span, core.GetSpan(), worker.Setups[window.Objective].Objective);
            foreach (var slice in CoreSlices.Split(window.Window, window.Shape, core.Bytes, InstantGradients.Exponent, loss, laneSeconds: 0))
                await reply.SendAsync(new ComputeReply { Core = slice });
        };
        worker.Measure = async (window, reply) =>
        {
            await (before?.Invoke() ?? Task.CompletedTask);
            var geometry = new NetworkGeometry(NetworkCatalog.Find(worker.Setups[window.Objective].Network)!);
            int channels = worker.Setups[window.Objective].MeasuredLayers.Sum(layer => geometry[layer].Channels);
            await reply.SumsAsync(window, InstantGradients.Measure(window.Shape, window.Pixels.Span, channels));
        };
        _workers.Add(worker);
        await Workers.RegisterAsync(new RegisterRequest { Id = worker.Id, Address = worker.Address, Device = "cpu", Lanes = 2, MaxWindowPixels = 1 << 26, Protocol = ProtocolVersion.Current });
        return worker;
    }

    /// <summary>Draws an image: waves with some noise, so that every pixel and plane differs.</summary>
    public async Task<string> DrawAsync(int width, int height, string name = "input.png")
    {
        string path = Path.Combine(Folder, name);
        await ImageWriter.WriteAsync(path, width, height, (first, rows, _) =>
        {
            var values = rows.Span;
            for (int i = 0; i < values.Length; i++)
            {
                int row = first + i / (3 * width), plane = i / width % 3, column = i % width;
                uint noise = (uint)(row * 73856093 ^ column * 19349663 ^ plane * 83492791) * 2654435761u;
                values[i] = (short)(12000 * Math.Sin(row * 0.05 + plane) * Math.Cos(column * 0.03) + (noise >> 20));
            }
            return ValueTask.CompletedTask;
        });
        return path;
    }

    public async Task<Job> SubmitAsync(string path, Spec spec, string format = "", int priority = 0, string submission = "")
    {
        using var call = Jobs.Submit();
        await call.RequestStream.WriteUnlessAnsweredAsync(new SubmitRequest
        {
            Header = new SubmitHeader
            {
                Spec = spec,
                InputName = Path.GetFileName(path),
                InputBytes = new FileInfo(path).Length,
                OutputFormat = format,
                Priority = priority,
                SubmissionId = submission,
            },
        });
        byte[] bytes = await File.ReadAllBytesAsync(path);
        for (int done = 0; done < bytes.Length; done += 100_000)
            await call.RequestStream.WriteUnlessAnsweredAsync(new SubmitRequest { Data = ByteString.CopyFrom(bytes, done, Math.Min(100_000, bytes.Length - done)) });
        await call.RequestStream.CompleteUnlessAnsweredAsync();
        return (await call.ResponseAsync).Job;
    }

    /// <summary>Watches a job until a job as told has been, or it is finished.</summary>
    public async Task<List<Job>> WatchAsync(string id, Func<Job, bool>? until = null, int preview = 0)
    {
        using var limit = new CancellationTokenSource(Long);
        using var call = Jobs.Watch(new WatchJobRequest { Id = id, Preview = preview }, cancellationToken: limit.Token);
        var seen = new List<Job>();
        await foreach (var job in call.ResponseStream.ReadAllAsync(limit.Token))
        {
            seen.Add(job);
            if (until?.Invoke(job) == true)
                break;
        }
        return seen;
    }

    /// <summary>Waits for a job's end; where a part of the coordinator does not answer now, it is asked again, as clients do.</summary>
    public async Task<Job> FinishAsync(string id)
    {
        for (long began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return (await WatchAsync(id))[^1];
            }
            catch (RpcException away) when (away.StatusCode == StatusCode.Unavailable && Stopwatch.GetElapsedTime(began) < Long)
            {
                await Task.Delay(100);
            }
        }
    }

    public async Task<byte[]> ResultAsync(string id, string format)
    {
        using var call = Jobs.Result(new ResultRequest { Id = id, Format = format });
        using var file = new MemoryStream();
        await foreach (var chunk in call.ResponseStream.ReadAllAsync())
        {
            Assert.True(chunk.Data.Length is > 0 and <= 1 << 20);
            file.Write(chunk.Data.Span);
            if (file.Length == chunk.TotalBytes)
                continue;
            Assert.True(file.Length < chunk.TotalBytes);
        }
        return file.ToArray();
    }

    /// <summary>The finished canvas as the job's file has it: [H][3][W].</summary>
    public short[] Canvas(Job job)
    {
        byte[] bytes = File.ReadAllBytes(new JobFiles(DataFolder).Canvas(job.Id));
        var values = new short[bytes.Length / 2];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
        return values;
    }

    /// <summary>The same dream in this process alone.</summary>
    /// <param name="makeSource">Makes the source of gradients for a plan.</param>
    public async Task<short[]> DreamAsync(string path, Spec spec, Func<JobPlan, IGradientSource> makeSource)
    {
        string raw = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
        var info = await ImageReader.DecodeAsync(path, raw, raw + ".alpha");
        using var original = new RawOriginal(new RawImage(raw, info.Width, info.Height, info.BitsPerSample));
        Assert.True(SpecReader.TryRead(spec, original.Size, out var job, out string? problem), problem);
        using var canvas = new LocalCanvas(job.Plan, original, makeSource(job));
        await new Dream(job.Plan, canvas, job.Objectives).RunAsync(_ => { }, CancellationToken.None);
        var last = job.Plan.Octaves[^1];
        var values = new short[last.Size.Pixels * 3];
        canvas.ReadRows(last, 0, last.Size.Height, values);
        return values;
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_channel), nameof(Jobs), nameof(Workers))]
    private void Dial()
    {
        _channel = GrpcChannel.ForAddress(Coordinator.Address);
        Jobs = new V1.Jobs.JobsClient(_channel);
        Workers = new V1.Workers.WorkersClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        _channel.Dispose();
        await Coordinator.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
