using System.IO.Compression;
using Grpc.AspNetCore.Server;

namespace StandIns.Grpc.Server;

/// <summary>The options that hold for a service: its own where they are set, else those of all services.</summary>
internal sealed record MethodSettings(
    int? MaxSendMessageSize,
    int? MaxReceiveMessageSize,
    bool EnableDetailedErrors,
    string? ResponseCompressionAlgorithm,
    CompressionLevel ResponseCompressionLevel)
{
    private const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    public static MethodSettings Merge(GrpcServiceOptions all, GrpcServiceOptions service) => new(
        service.MaxSendMessageSizeSpecified ? service.MaxSendMessageSize : all.MaxSendMessageSize,
        service.MaxReceiveMessageSizeSpecified ? service.MaxReceiveMessageSize : all.MaxReceiveMessageSizeSpecified ? all.MaxReceiveMessageSize : DefaultMaxReceiveMessageSize,
        service.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false,
        service.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm,
        service.ResponseCompressionLevel ?? all.ResponseCompressionLevel ?? CompressionLevel.Fastest);
}
