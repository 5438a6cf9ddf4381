using System.Net;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator.Tests;

/// <summary>A worker that answers as the test wants, over real gRPC on loopback.</summary>
internal sealed class FakeWorker : Gradients.GradientsBase, IAsyncDisposable
{
    private readonly WebApplication _application;

    private FakeWorker(WebApplication application) => _application = application;

    public string Id { get; private init; } = "";

    public string Address { get; private set; } = "";

    public LentWorker Lent => new(Id, Address);

    /// <summary>What becomes of a window once it is whole. Default: its answer is at once the value of its first pixel.</summary>
    public Func<WindowAssembly, Reply, Task> Answer { get; set; } = (window, reply) => reply.CoreAsync(window);

    /// <summary>What becomes of a window whose channels are measured. Default: two sums, of the window's first pixel and of twice that.</summary>
    public Func<WindowAssembly, Reply, Task> Measure { get; set; } = (window, reply) => reply.SumsAsync(window, window.Pixels.Span[0], 2 * window.Pixels.Span[0]);

    /// <summary>What it answers probes with; empty: never.</summary>
    public string NumericsClass { get; set; } = "a1b2";

    /// <summary>Why it cannot do what it is asked; empty if it can.</summary>
    public string Problem { get; set; } = "";

    public Ready Ready { get; init; } = new() { CreditBytes = 64 << 20, Lanes = 1, MaxWindowPixels = 1 << 24 };

    /// <summary>Stops reading from its streams while it is set, as a stopped process does.</summary>
    public TaskCompletionSource? Stopped { get; set; }

    /// <summary>Windows that came in whole.</summary>
    public int Windows => Volatile.Read(ref _windows);

    /// <summary>Probes that it was asked for.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>The most bytes of windows that were here at a time.</summary>
    public long MostBytes { get; private set; }

    /// <summary>Objectives that are set up now, in the stream that was opened last.</summary>
    public HashSet<long> Objectives { get; private set; } = [];

    /// <summary>What it was told last of each objective; nothing is forgotten here.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<long, ObjectiveSetup> Setups { get; } = [];

    private int _windows, _probes;
    private long _bytes;
    private bool _disposed;

    public static async Task<FakeWorker> StartAsync(string id, Ready? ready = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.InitialStreamWindowSize = 8 << 20;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 16 << 20;
        });
        builder.Services.AddGrpc();
        FakeWorker? worker = null;
        builder.Services.AddSingleton(_ => worker!);
        var application = builder.Build();
        application.MapGrpcService<FakeWorker>();
        worker = ready is null ? new FakeWorker(application) { Id = id } : new FakeWorker(application) { Id = id, Ready = ready };
        await application.StartAsync();
        worker.Address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;
        return worker;
    }

    public override async Task Compute(IAsyncStreamReader<ComputeRequest> requestStream, IServerStreamWriter<ComputeReply> responseStream, ServerCallContext context)
    {
        var reply = new Reply(responseStream);
        await reply.SendAsync(new ComputeReply { Ready = Ready });
        var arriving = new Dictionary<long, WindowAssembly>();
        // Ids are a stream's own: one that ends late takes nothing from the next.
        var objectives = Objectives = [];
        var broken = new System.Collections.Concurrent.ConcurrentDictionary<long, bool>();
        var tasks = new List<Task>();
        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                if (Stopped is { } stopped)
                    await stopped.Task.WaitAsync(context.CancellationToken);
                var request = requestStream.Current;
                if (request.Objective is { Forget: true } forget)
                    objectives.Remove(forget.Id);
                else if (request.Objective is { } setup)
                {
                    objectives.Add(setup.Id);
                    Setups[setup.Id] = setup;
                    if (Problem.Length > 0)
                        broken[setup.Id] = true;
                    await reply.SendAsync(new ComputeReply { Objective = new ObjectiveReady { Id = setup.Id, Problem = Problem } });
                }
                else if (request.Probe is { } probe)
                {
                    Interlocked.Increment(ref _probes);
                    if (NumericsClass.Length > 0)
                        await reply.SendAsync(new ComputeReply { Probe = new ProbeDone { Id = probe.Id, Hash = NumericsClass } });
                }
                else if (request.Window is { } slice)
                    Add(slice);
            }
        }
        catch (Exception error) when (context.CancellationToken.IsCancellationRequested || error is IOException)
        {
        }

        void Add(WindowSlice slice)
        {
            if (!arriving.TryGetValue(slice.Window, out var window))
            {
                Assert.Contains(slice.Objective, objectives);
                window = WindowAssembly.Begin(slice, 1 << 24, out var problem);
                Assert.True(window is not null, problem);
                arriving.Add(slice.Window, window);
                MostBytes = Math.Max(MostBytes, Interlocked.Add(ref _bytes, WindowSlices.Bytes(window.Shape)));
            }
            else
                Assert.True(window.TryAdd(slice, out _));
            if (!window.IsComplete)
                return;
            arriving.Remove(slice.Window);
            Interlocked.Increment(ref _windows);
            tasks.Add(Task.Run(async () =>
            {
                // Whoever answers may answer again at once: the bytes are free before the answer is out.
                reply.BeforeAnswer[window.Window] = () => Interlocked.Add(ref _bytes, -WindowSlices.Bytes(window.Shape));
                await (broken.ContainsKey(window.Objective) ? reply.FailAsync(window, "its objective is broken")
                    : Setups[window.Objective].MeasuredLayers.Count > 0 ? Measure(window, reply)
                    : Answer(window, reply));
                window.Dispose();
            }));
        }
    }

    /// <summary>Ends it as SIGKILL would: streams break off.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        Stopped?.TrySetResult();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    /// <summary>The way back, for one writer at a time.</summary>
    internal sealed class Reply(IServerStreamWriter<ComputeReply> stream)
    {
        private readonly SemaphoreSlim _turn = new(1);

        public System.Collections.Concurrent.ConcurrentDictionary<long, Action> BeforeAnswer { get; } = [];

        public async Task SendAsync(ComputeReply message)
        {
            await _turn.WaitAsync();
            try
            {
                await stream.WriteAsync(message.PartCase == ComputeReply.PartOneofCase.Core ? message : message.Seal());
            }
            finally
            {
                _turn.Release();
            }
        }

        /// <summary>Answers with a core whose every value is the window's first pixel, or as told.</summary>
        /// <param name="laneSeconds">How long it says that the window took; it need not have.</param>
        public async Task CoreAsync(WindowAssembly window, Func<CoreSlice, CoreSlice>? change = null, Half? value = null, double loss = 1, double laneSeconds = 0)
        {
            using var core = new RowBuffer<Half>(window.Shape.CoreValues);
            core.GetSpan().Fill(value ?? (Half)window.Pixels.Span[0]);
            if (BeforeAnswer.TryRemove(window.Window, out var before))
                before();
            foreach (var slice in CoreSlices.Split(window.Window, window.Shape, core.Bytes, exponent: 0, loss, laneSeconds))
                await SendAsync(new ComputeReply { Core = change is null ? slice : change(slice) });
        }

        /// <summary>Answers with sums.</summary>
        public Task SumsAsync(WindowAssembly window, params double[] sums) => SumsAsync(window, laneSeconds: 0, sums);

        /// <summary>Answers with sums that took a while, as it says.</summary>
        public Task SumsAsync(WindowAssembly window, double laneSeconds, double[] sums)
        {
            if (BeforeAnswer.TryRemove(window.Window, out var before))
                before();
            return SendAsync(new ComputeReply { Sums = new ChannelSums { Window = window.Window, Sums = { sums }, LaneSeconds = laneSeconds } });
        }

        public Task FailAsync(WindowAssembly window, string problem)
        {
            if (BeforeAnswer.TryRemove(window.Window, out var before))
                before();
            return SendAsync(new ComputeReply { Failed = new WindowFailed { Window = window.Window, Problem = problem } });
        }
    }
}
