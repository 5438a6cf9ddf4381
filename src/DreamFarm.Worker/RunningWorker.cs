using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Security;
using DreamFarm.Telemetry;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Worker;

/// <summary>A worker that serves gradients in this process. Disposal ends it at once; <see cref="DrainAsync"/> first lets it finish.</summary>
public sealed class RunningWorker : IAsyncDisposable
{
    /// <summary>A draining worker leaves when it has held nothing for this long: windows may still have been on their way.</summary>
    private static readonly TimeSpan DrainedAfter = TimeSpan.FromSeconds(0.5);

    /// <summary>Above a slice's megabyte with its header.</summary>
    private const int MostMessageBytes = 2 << 20;

    /// <summary>Windows of several lanes may be on the way while others are computed.</summary>
    private const int StreamWindowBytes = 8 << 20, ConnectionWindowBytes = 16 << 20, FrameBytes = 256 << 10;

    private readonly GrpcChannel _coordinator;
    private readonly WebApplication _application;
    private readonly EngineCache _engines;
    private readonly WorkLoad _load;
    private readonly Registration _registration;
    private readonly Action<string> _say;

    private RunningWorker(string id, int port, GrpcChannel coordinator, WebApplication application, EngineCache engines, WorkLoad load, Registration registration, Action<string> say)
    {
        (Id, Port, _coordinator, _application, _engines, _load, _registration, _say) = (id, port, coordinator, application, engines, load, registration, say);
    }

    /// <summary>Made at the start, unique.</summary>
    public string Id { get; }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>For tests that take a coordinator's place.</summary>
    internal string Secret { get; private init; } = "";

    /// <summary>Windows that it holds now.</summary>
    public int Windows => _load.Windows;

    /// <summary>Starts a worker. It serves from the moment this returns, and goes on looking for its coordinator if that is not there.</summary>
    /// <exception cref="ConnectionException">Its token would travel in the clear.</exception>
    /// <exception cref="WorkerException">An option is wrong, the device is not there, or the address is taken.</exception>
    public static async Task<RunningWorker> StartAsync(WorkerOptions options, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(options.CoordinatorUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            throw new WorkerException($"\"{options.CoordinatorUrl}\" is no coordinator's URL; write it as http://HOST:PORT, such as http://127.0.0.1:7600.");
        var listen = ListenAddress.Parse(options.Listen);
        if (options.Advertise is { } advertise && (advertise.LastIndexOf(':') is var colon && (colon < 1 || !ushort.TryParse(advertise.AsSpan(colon + 1), out _))))
            throw new WorkerException($"\"{advertise}\" is no address to advertise; write it as HOST:PORT.");

        var web = options.Web is null ? null : ListenAddress.Parse(options.Web);
        string id = $"w-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var tls = OpenDoors.Protect(options, url, listen, id);
        var guard = new ComputeGuard(tls);
        var coordinator = CoordinatorChannel.Open(options.CoordinatorUrl, options.Security);
        var engineOptions = new EngineOptions { Device = options.Device, Lanes = options.Lanes, Pinning = options.Pinning, Precision = options.Precision };
        var engines = await EngineCache.OpenAsync(
            engineOptions,
            new FetchedAssets(new Assets.AssetsClient(coordinator), options.WeightsFolder, TimeProvider.System),
            new WeightsLocator(options.ModelsFolders));
        var load = new WorkLoad();
        var limits = ComputeLimits.For(engineOptions);
        Registration? registration = null;
        var places = new List<ListenOptions>();
        var application = Build(options, listen, web, places, engines, load, limits, guard, tls, () => registration is null ? "the worker is starting" : registration.FindObstacle());
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync();
            engines.Dispose();
            coordinator.Dispose();
            string taken = web is null ? options.Listen : $"{options.Listen} and {options.Web}", flags = web is null ? "--listen" : "--listen or --web";
            throw new WorkerException($"Cannot listen on {taken}: {(error.InnerException ?? error).Message}; choose another address with {flags}.", error);
        }

        int port = places[0].IPEndPoint!.Port;
        var log = application.Services.GetRequiredService<ILogger<RunningWorker>>();
        Action<string> say = options.Messages is { } messages ? TextWriter.Synchronized(messages).WriteLine : sentence =>
        {
            using var scope = log.BeginScope(new WorkScope(Worker: id));
            log.Said(sentence);
        };
        say($"worker {id} ready on {new IPEndPoint(listen.Address, port)}: {options.Device}, {engines.Lanes} {(engines.Lanes == 1 ? "lane" : "lanes")}{(web is null ? "" : $", web on {places[1].IPEndPoint}")}");
        registration = new Registration(
            options.CoordinatorUrl,
            coordinator,
            new RegisterRequest
            {
                Id = id,
                Address = options.Advertise ?? $":{port}",
                Device = options.Device,
                DeviceName = options.Device == "cpu" ? ProcessorName.Find() : options.Device,
                Lanes = engines.Lanes,
                MaxWindowPixels = limits.MaxWindowPixels,
                Secret = guard.Secret,
                Tls = tls is not null,
                CertificateSha256 = tls is null || options.Certificate is not null ? "" : tls.Certificate.Fingerprint,
                Version = typeof(RunningWorker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
                Protocol = ProtocolVersion.Current,
            },
            TimeProvider.System,
            say);
        return new RunningWorker(id, port, coordinator, application, engines, load, registration, say) { Secret = guard.Secret };
    }

    /// <summary>Completes when the coordinator has told this worker to drain, which is then up to the caller.</summary>
    /// <exception cref="WorkerException">The coordinator will never take it: it speaks another version of the protocol.</exception>
    public Task Released => _registration.Released;

    /// <summary>Takes no more work, finishes what it holds, and leaves.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        _say($"worker {Id} is draining: {_load.Windows} windows to finish");
        _registration.Drain();
        long seen;
        do
        {
            seen = _load.Total;
            await Task.Delay(DrainedAfter, cancellation);
        }
        while (_load.Windows > 0 || _load.Total != seen);
        await _registration.LeaveAsync();
        _say($"worker {Id} has left");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync();
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
        _engines.Dispose();
        _coordinator.Dispose();
    }

    /// <param name="places">Becomes where it listens, <paramref name="listen"/> first, when it has been started.</param>
    private static WebApplication Build(
        WorkerOptions options, IPEndPoint listen, IPEndPoint? web, List<ListenOptions> places, EngineCache engines, WorkLoad load, ComputeLimits limits, ComputeGuard guard, ListenerTls? tls, Func<string?> findObstacle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (options.Messages is null)
            builder.Logging.LogToStandardError(options.Log);
        else
            builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(listen, endpoint =>
            {
                Add(endpoint, HttpProtocols.Http2);
                tls?.Use(endpoint);
            });
            if (web is not null)
                kestrel.Listen(web, endpoint => Add(endpoint, HttpProtocols.Http1));
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
            kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
            kestrel.Limits.Http2.MaxFrameSize = FrameBytes;
            // A coordinator whose machine is gone closes no connection, and its windows would stay here.
            kestrel.Limits.Http2.KeepAlivePingDelay = kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        });
        builder.Services.AddSingleton(engines).AddSingleton(load).AddSingleton(limits).AddSingleton(guard).AddSingleton<GradientsService>().AddSingleton<PrometheusMetrics>();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = MostMessageBytes);
        builder.Services.AddGrpcHealthChecks().AddCheck("serving", () => HealthCheckResult.Healthy());
        builder.Services.AddGrpcReflection();
        var application = builder.Build();
        application.MapGrpcService<GradientsService>();
        application.MapGrpcHealthChecksService();
        application.MapGrpcReflectionService();
        if (web is not null)
            application.MapPages(application.Services.GetRequiredService<PrometheusMetrics>(), findObstacle);
        return application;

        void Add(ListenOptions place, HttpProtocols protocols)
        {
            place.Protocols = protocols;
            places.Add(place);
        }
    }
}
