namespace StandIns.Grpc.Wire;

/// <summary>Names and values of gRPC over HTTP/2.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>In a call's own metadata: which compression to use. It never travels.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    /// <summary>HTTP/2 error code of a stream that its reader or writer gave up.</summary>
    public const int Http2Cancel = 8;

    /// <summary>Whether a content type is gRPC with the default (protobuf) messages or any other.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');
}
