using Microsoft.Extensions.DependencyInjection.Extensions;
using StandIns.Grpc.Reflection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds server reflection to an application.</summary>
public static class GrpcReflectionServiceExtensions
{
    /// <summary>Adds reflection over all gRPC services that are mapped.</summary>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<ServiceDirectory>();
        return services;
    }
}
