using Grpc.AspNetCore.HealthChecks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StandIns.Grpc.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the gRPC health service to an application.</summary>
public static class GrpcHealthChecksServiceExtensions
{
    /// <summary>Adds the service, for all checks.</summary>
    public static IHealthChecksBuilder AddGrpcHealthChecks(this IServiceCollection services) => services.AddGrpcHealthChecks(static _ => { });

    /// <summary>Adds the service with mappings.</summary>
    public static IHealthChecksBuilder AddGrpcHealthChecks(this IServiceCollection services, Action<GrpcHealthChecksOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure<GrpcHealthChecksOptions>(options => options.Services.Map("", static _ => true));
        services.Configure(configure);
        services.TryAddSingleton<PublishedHealth>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealthCheckPublisher, PublishedHealth>(provider => provider.GetRequiredService<PublishedHealth>()));
        return services.AddHealthChecks();
    }
}
