using System.Collections.Concurrent;
using System.Net;
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

/// <summary>A coordinator as far as a worker sees it: it notes who registers, beats and leaves.</summary>
internal sealed class FakeRegistry : Protocol.V1.Workers.WorkersBase, IAsyncDisposable
{
    private WebApplication? _application;

    public string Url { get; private set; } = "";

    public double LeaseSeconds { get; init; } = 0.6;

    /// <summary>Answers the next heartbeat with NOT_FOUND.</summary>
    public volatile bool Forgot;

    /// <summary>Answers heartbeats with the wish that the worker drains.</summary>
    public volatile bool Drains;

    /// <summary>Why it takes no worker, now or ever; null if it does.</summary>
    public volatile string? Refusal;

    public ConcurrentQueue<RegisterRequest> Registered { get; } = [];

    public ConcurrentQueue<(TimeSpan At, HeartbeatRequest Beat)> Beats { get; } = [];

    public ConcurrentQueue<string> Left { get; } = [];

    private readonly long _started = TimeProvider.System.GetTimestamp();

    public static async Task<FakeRegistry> StartAsync(int port = 0, double leaseSeconds = 0.6)
    {
        var registry = new FakeRegistry { LeaseSeconds = leaseSeconds };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(registry);
        registry._application = builder.Build();
        registry._application.MapGrpcService<FakeRegistry>();
        await registry._application.StartAsync();
        registry.Url = registry._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return registry;
    }

    public override Task<RegisterReply> Register(RegisterRequest request, ServerCallContext context)
    {
        Registered.Enqueue(request);
        if (Refusal is { } refusal)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refusal));
        return Task.FromResult(new RegisterReply { LeaseSeconds = LeaseSeconds });
    }

    public override Task<HeartbeatReply> Heartbeat(HeartbeatRequest request, ServerCallContext context)
    {
        Beats.Enqueue((TimeProvider.System.GetElapsedTime(_started), request));
        if (!Forgot)
            return Task.FromResult(new HeartbeatReply { Drain = Drains });
        Forgot = false;
        throw new RpcException(new Status(StatusCode.NotFound, "the lease has lapsed"));
    }

    public override Task<LeaveReply> Leave(LeaveRequest request, ServerCallContext context)
    {
        Left.Enqueue(request.Id);
        return Task.FromResult(new LeaveReply());
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not { } application)
            return;
        _application = null;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
    }
}
