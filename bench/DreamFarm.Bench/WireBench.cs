using System.Diagnostics;
using System.Globalization;
using System.Net;
using DreamFarm.Coordinator;
using DreamFarm.Dreaming;
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
using Microsoft.Extensions.Logging.Abstractions;

namespace DreamFarm.Bench;

/// <summary>
/// What the dispatcher and gRPC on loopback can carry: a worker in this process puts windows together and answers at
/// once. Tile 512, context 96: 11.3 bytes of window and 6 of core for each pixel of core.
/// </summary>
internal static class WireBench
{
    public static async Task RunAsync(string[] args)
    {
        const int runs = 9, tiles = 64;
        var size = new Dreaming.Size(4096, 4096);
        var spec = new DreamSpec { Input = size, Output = size, Stride = 8, Context = 96, Tile = 512, MaxRoll = 0 };
        var plan = Plan.Create(spec, out string? problem) ?? throw new InvalidOperationException(problem);
        var octave = plan.Octaves[0];
        var grid = octave.TilesAt(step: 0);

        await using var worker = await InstantWorker.StartAsync();
        await using var dispatcher = new Dispatcher(new DispatchOptions(), TimeProvider.System, NullLogger<Dispatcher>.Instance);
        dispatcher.SetWorkers([new LentWorker("w-instant", worker.Address)]);
        await using var job = dispatcher.Open(JobTarget.For("wire", "motif", "", "4a:1", Networks.ObjectiveKind.L2, plan));
        var rates = new List<double>();
        for (int run = 0; run < runs + 2; run++)
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, tiles).Select(async i =>
            {
                var request = new WindowRequest { Octave = octave, Step = 0, Tile = grid[i / grid.Columns, i % grid.Columns], CutAsync = Cut };
                (await job.ComputeAsync(request, CancellationToken.None)).Dispose();
            }));
            // The first runs are compiled while they run.
            if (run >= 2)
                rates.Add(size.Pixels / 1e6 / clock.Elapsed.TotalSeconds);
        }
        Console.WriteLine($"wire {size} on {Environment.ProcessorCount} processors: {Medians.Describe(rates, "megapixels of core a second")}");
        double window = grid.Count * 6.0 * 704 * 704 / size.Pixels;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wire bytes for each pixel of core: {window:0.0} out, 6.0 back"));
    }

    private static ValueTask Cut(Memory<short> window, CancellationToken cancellation)
    {
        window.Span.Fill(1);
        return ValueTask.CompletedTask;
    }

    private sealed class InstantWorker : Gradients.GradientsBase, IAsyncDisposable
    {
        private readonly WebApplication _application;

        private InstantWorker(WebApplication application) => _application = application;

        public string Address => new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;

        public static async Task<InstantWorker> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
                kestrel.Limits.Http2.InitialStreamWindowSize = 8 << 20;
                kestrel.Limits.Http2.InitialConnectionWindowSize = 16 << 20;
                kestrel.Limits.MinRequestBodyDataRate = null;
            });
            builder.Services.AddGrpc();
            InstantWorker? worker = null;
            builder.Services.AddSingleton(_ => worker!);
            var application = builder.Build();
            application.MapGrpcService<InstantWorker>();
            worker = new InstantWorker(application);
            await application.StartAsync();
            return worker;
        }

        public override async Task Compute(IAsyncStreamReader<ComputeRequest> requestStream, IServerStreamWriter<ComputeReply> responseStream, ServerCallContext context)
        {
            await responseStream.WriteAsync(new ComputeReply { Ready = new Ready { CreditBytes = 256 << 20, Lanes = 2, MaxWindowPixels = 1 << 24 } }.Seal());
            var arriving = new Dictionary<long, WindowAssembly>();
            var answers = System.Threading.Channels.Channel.CreateUnbounded<(ComputeReply? Message, WindowAssembly? Window)>();
            var writing = Task.Run(async () =>
            {
                await foreach (var (message, window) in answers.Reader.ReadAllAsync())
                {
                    if (message is not null)
                    {
                        await responseStream.WriteAsync(message);
                        continue;
                    }
                    using var core = new RowBuffer<Half>(window!.Shape.CoreValues);
                    core.GetSpan().Fill((Half)1);
                    foreach (var slice in CoreSlices.Split(window.Window, window.Shape, core.Bytes, 0, 1))
                        await responseStream.WriteAsync(new ComputeReply { Core = slice });
                    window.Dispose();
                }
            });
            try
            {
                while (await requestStream.MoveNext(context.CancellationToken))
                    Receive(requestStream.Current);
            }
            catch (Exception error) when (context.CancellationToken.IsCancellationRequested || error is IOException)
            {
                // The bench is over.
            }

            void Receive(ComputeRequest request)
            {
                if (request.Objective is { Forget: false } setup)
                    answers.Writer.TryWrite((new ComputeReply { Objective = new ObjectiveReady { Id = setup.Id } }.Seal(), null));
                if (request.Probe is { } probe)
                    answers.Writer.TryWrite((new ComputeReply { Probe = new ProbeDone { Id = probe.Id, Hash = "00" } }.Seal(), null));
                if (request.Window is not { } slice)
                    return;
                if (!arriving.TryGetValue(slice.Window, out var window))
                    arriving.Add(slice.Window, window = WindowAssembly.Begin(slice, 1 << 24, out _)!);
                else
                    window.TryAdd(slice, out _);
                if (window.IsComplete && arriving.Remove(slice.Window))
                    answers.Writer.TryWrite((null, window));
            }
        }

        public async ValueTask DisposeAsync()
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _application.StopAsync(now.Token);
            await _application.DisposeAsync();
        }
    }
}
