namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Which of the application's health checks stand for which gRPC service.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>The mappings; the empty name, the server as a whole, stands for all checks unless it is mapped otherwise.</summary>
    public ServiceMappingCollection Services { get; } = new();
}
