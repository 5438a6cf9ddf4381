using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Says which gRPC method an endpoint serves.</summary>
public sealed class GrpcMethodMetadata
{
    /// <summary>Describes an endpoint.</summary>
    public GrpcMethodMetadata(Type serviceType, IMethod method)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        ArgumentNullException.ThrowIfNull(method);
        ServiceType = serviceType;
        Method = method;
    }

    /// <summary>The class whose objects handle the calls.</summary>
    public Type ServiceType { get; }

    /// <summary>The method.</summary>
    public IMethod Method { get; }
}
