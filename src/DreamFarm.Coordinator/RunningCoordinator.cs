using System.Net;
using System.Net.Sockets;
using DreamFarm.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>A coordinator: one host with a silo, the gRPC API with health and reflection, and the web listener.</summary>
public sealed class RunningCoordinator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly JobFiles _files;

    private RunningCoordinator(WebApplication app, JobFiles files, Uri address, Uri web) => (_app, _files, Address, Web) = (app, files, address, web);

    /// <summary>Where it can be dialled, with the port that it got.</summary>
    public Uri Address { get; }

    /// <summary>Where browsers and probes look, with the port that it got.</summary>
    public Uri Web { get; }

    /// <summary>For tests that look inside.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a coordinator and returns when it can be dialled.</summary>
    /// <exception cref="IOException">An address is taken, or the data folder cannot be had.</exception>
    /// <exception cref="Security.ConnectionException">A listener would be open to others without protection.</exception>
    /// <exception cref="StoreException">The store cannot be used.</exception>
    public static Task<RunningCoordinator> StartAsync(CoordinatorOptions options, CancellationToken cancellation) =>
        StartAsync(options, _ => { }, cancellation);

    /// <param name="configure">For tests: changes the silo's own settings.</param>
    internal static async Task<RunningCoordinator> StartAsync(CoordinatorOptions options, Action<ISiloBuilder> configure, CancellationToken cancellation)
    {
        var files = new JobFiles(options.DataFolder);
        files.Prepare();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.LogToStandardError(options.Log);
        ListenOptions? grpc = null, web = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Without TLS a port speaks either HTTP/2, as gRPC needs it, or HTTP/1.1.
            kestrel.Listen(options.Listen, listen => (grpc = listen).Protocols = HttpProtocols.Http2);
            kestrel.Listen(options.Web, listen => (web = listen).Protocols = HttpProtocols.Http1);
            if (options.Tls is { } tls)
            {
                tls.Use(grpc!);
                tls.Use(web!);
            }
            // Uploads may be large and slow, and watchers say nothing for hours.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
            kestrel.Limits.Http2.MaxStreamsPerConnection = options.Limits.CallsPerConnection;
            // A client whose machine is gone closes no connection.
            kestrel.Limits.Http2.KeepAlivePingDelay = kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        });
        builder.Host.UseOrleans(silo => configure(silo.UseLocalhostClustering(FreePort(), FreePort())));
        builder.Services.AddSecurity();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = options.Limits.MessageBytes);
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck("coordinator", () => HealthCheckResult.Healthy());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options).AddSingleton(files);
        builder.Services.AddSingleton(services => Stores.Create(options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<Database>>()));
        builder.Services.AddSingleton<IDatabase>(services => services.GetRequiredService<Database>());
        builder.Services.TryAddSingleton<IJobStore, SqlJobStore>();
        builder.Services.AddSingleton<StoreStart>();
        builder.Services.AddSingleton<JobRuns>().AddHostedService(services => services.GetRequiredService<JobRuns>());
        builder.Services.AddSingleton<JobSites>().AddSingleton<Uploads>().AddSingleton<Results>();
        builder.Services.AddSingleton<InputDecoding>().AddSingleton<DecoderPool>().AddHostedService(services => services.GetRequiredService<DecoderPool>());
        builder.Services.AddSingleton<AssetFiles>().AddSingleton<SubmittedWeights>().AddSingleton<SubmittedGuide>();
        builder.Services.AddSingleton(new DispatchOptions { Tls = options.WorkerTls }).AddSingleton<Dispatcher>();
        builder.Services.AddHostedService<WorkerExchange>();
        builder.Services.AddSingleton<PrometheusMetrics>().AddSingleton<FarmCensus>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FarmCensus>());
        builder.Services.AddHostedService<QueueStart>();

        var app = builder.Build();
        var log = app.Services.GetRequiredService<ILogger<RunningCoordinator>>();
        app.UseSecurity();
        app.MapGrpcService<JobsService>();
        app.MapGrpcService<WorkersService>();
        app.MapGrpcService<AssetsService>();
        app.MapGrpcHealthChecksService().AllowAnonymous();
        app.MapGrpcReflectionService().RequireAuthorization(policy => policy.RequireRole(Roles.View));
        app.MapProbes();
        app.MapMetrics().RequireAuthorization(policy => policy.RequireRole(Roles.View));
        try
        {
            await app.Services.GetRequiredService<StoreStart>().RunAsync(cancellation);
            var tokens = app.Services.GetRequiredService<TokenDirectory>();
            await tokens.LoadAsync(cancellation);
            OpenDoors.Check(options, tokens.Asks);
            if (OpenDoors.Allowed(options, tokens.Asks) is { } allowed)
                log.Insecure(allowed);
            await app.StartAsync(cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            files.Dispose();
            throw;
        }
        string scheme = options.Tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        var coordinator = new RunningCoordinator(app, files, UrlOf(scheme, grpc!), UrlOf(scheme, web!));
        log.Listening(coordinator.Address, coordinator.Web, options.DataFolder);
        return coordinator;
    }

    /// <summary>Returns when the process is told to stop, or when cancelled.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Stops running jobs and everything else.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _files.Dispose();
    }

    private static Uri UrlOf(string scheme, ListenOptions listen) => new($"{scheme}://{listen.IPEndPoint}");

    // A cluster of one silo: nobody dials these ports, but two coordinators on a machine must not take the same.
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
