using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>How services are served.</summary>
public class GrpcServiceOptions
{
    private int? _maxSendMessageSize;
    private int? _maxReceiveMessageSize;

    /// <summary>The largest message, in bytes, that is sent; null for no limit, the default.</summary>
    public int? MaxSendMessageSize
    {
        get => _maxSendMessageSize;
        set
        {
            _maxSendMessageSize = value;
            MaxSendMessageSizeSpecified = true;
        }
    }

    /// <summary>Whether <see cref="MaxSendMessageSize"/> was set.</summary>
    public bool MaxSendMessageSizeSpecified { get; set; }

    /// <summary>The largest message, in bytes, that is accepted; null for no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize
    {
        get => _maxReceiveMessageSize;
        set
        {
            _maxReceiveMessageSize = value;
            MaxReceiveMessageSizeSpecified = true;
        }
    }

    /// <summary>Whether <see cref="MaxReceiveMessageSize"/> was set.</summary>
    public bool MaxReceiveMessageSizeSpecified { get; set; }

    /// <summary>Whether a caller is told the message of an exception in a handler. Default false.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>How responses are compressed for callers who accept it: <c>gzip</c>, or null for not at all.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard responses are compressed. Default fastest.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }
}
