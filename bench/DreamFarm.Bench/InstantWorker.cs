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

namespace DreamFarm.Bench;

/// <summary>A worker in this process that puts windows together and answers with ones at once.</summary>
internal sealed class InstantWorker : Gradients.GradientsBase, IAsyncDisposable
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
                foreach (var slice in CoreSlices.Split(window.Window, window.Shape, core.Bytes, 0, 1, laneSeconds: 0))
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
