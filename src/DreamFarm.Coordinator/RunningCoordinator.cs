using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Orleans.Hosting;

namespace DreamFarm.Coordinator;

/// <summary>A coordinator: one host with a silo, the gRPC API, health and reflection.</summary>
public sealed class RunningCoordinator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningCoordinator(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Where it can be dialled, with the port that it got.</summary>
    public Uri Address { get; }

    /// <summary>For tests that look inside.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a coordinator and returns when it can be dialled.</summary>
    /// <exception cref="IOException">The address is taken, or the data folder cannot be made.</exception>
    public static Task<RunningCoordinator> StartAsync(CoordinatorOptions options, CancellationToken cancellation) =>
        StartAsync(options, _ => { }, cancellation);

    /// <param name="configure">For tests: changes the silo's own settings.</param>
    internal static async Task<RunningCoordinator> StartAsync(CoordinatorOptions options, Action<ISiloBuilder> configure, CancellationToken cancellation)
    {
        var files = new JobFiles(options.DataFolder);
        files.Prepare();

        var builder = WebApplication.CreateSlimBuilder();
        AddLogging(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Listen, listen => listen.Protocols = HttpProtocols.Http2);
            // Uploads may be large and slow, and watchers say nothing for hours.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Host.UseOrleans(silo => configure(silo.UseLocalhostClustering(FreePort(), FreePort())));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck("coordinator", () => HealthCheckResult.Healthy());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options).AddSingleton(files);
        builder.Services.AddSingleton<IJobStore, MemoryJobStore>();
        builder.Services.AddSingleton<JobSites>().AddSingleton<Uploads>().AddSingleton<Results>();
        builder.Services.AddSingleton(new DispatchOptions()).AddSingleton<Dispatcher>();
        builder.Services.AddHostedService<WorkerExchange>();

        var app = builder.Build();
        app.MapGrpcService<JobsService>();
        app.MapGrpcService<WorkersService>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        app.Services.GetRequiredService<ILogger<RunningCoordinator>>().Listening(address, options.DataFolder);
        return new RunningCoordinator(app, address);
    }

    /// <summary>Returns when the process is told to stop, or when cancelled.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Stops running jobs and everything else.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Grpc", LogLevel.Warning);
    }

    // A cluster of one silo: nobody dials these ports, but two coordinators on a machine must not take the same.
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
