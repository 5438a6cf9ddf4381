using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StandIns.Grpc.Server;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to endpoints.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves every method of a service. Throws <see cref="InvalidOperationException"/> when gRPC was not added or the class does
    /// not derive from a generated service base.
    /// </summary>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var registry = builder.ServiceProvider.GetService<ServiceRegistry>()
            ?? throw new InvalidOperationException("gRPC is not set up: call AddGrpc on the application's services.");
        return new GrpcServiceEndpointConventionBuilder(registry.Map<TService>(builder));
    }
}
