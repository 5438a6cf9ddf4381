using Grpc.AspNetCore.HealthChecks;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StandIns.Grpc.Health;

/// <summary>grpc.health.v1: runs the application's health checks when asked.</summary>
internal sealed class HealthService(
    HealthCheckService checks,
    PublishedHealth published,
    IOptions<GrpcHealthChecksOptions> options,
    IHostApplicationLifetime lifetime) : global::Grpc.Health.V1.Health.HealthBase
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        var status = await CheckAsync(request.Service, context.CancellationToken);
        return status == HealthCheckResponse.Types.ServingStatus.ServiceUnknown
            ? throw new RpcException(new Status(StatusCode.NotFound, ""))
            : new HealthCheckResponse { Status = status };
    }

    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        // A watch that went on would keep the server from shutting down.
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var changes = published.Watch(request.Service, until.Token);
        var last = await CheckAsync(request.Service, context.CancellationToken);
        await responseStream.WriteAsync(new HealthCheckResponse { Status = last });
        await foreach (var status in changes.ReadAllAsync(CancellationToken.None))
        {
            if (status == last)
                continue;

            last = status;
            await responseStream.WriteAsync(new HealthCheckResponse { Status = last });
        }

        if (!context.CancellationToken.IsCancellationRequested)
            await responseStream.WriteAsync(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.NotServing });
    }

    private async Task<HealthCheckResponse.Types.ServingStatus> CheckAsync(string service, CancellationToken cancellationToken)
    {
        if (!options.Value.Services.Mappings.TryGetValue(service, out var isMapped))
            return HealthCheckResponse.Types.ServingStatus.ServiceUnknown;

        var report = await checks.CheckHealthAsync(check => isMapped(new HealthCheckMapContext(check.Name, check.Tags)), cancellationToken);
        return PublishedHealth.StatusOf(report.Entries.Values.Select(entry => entry.Status));
    }
}
