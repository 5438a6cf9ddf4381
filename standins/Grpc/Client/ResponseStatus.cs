using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Grpc.Core;
using StandIns.Grpc.Wire;

namespace StandIns.Grpc.Client;

/// <summary>What an HTTP response, or the lack of one, says about a call.</summary>
internal static class ResponseStatus
{
    /// <summary>The end of a call that has only headers, or whose response is no gRPC; null when messages may follow.</summary>
    public static (Status Status, Metadata Trailers)? FromHeaders(HttpResponseMessage response)
    {
        if (TryRead(response.Headers) is { } status)
            return (status, ReadMetadata(response.Headers));
        if (response.Version.Major < 2)
            return (new Status(StatusCode.Internal, $"The server answered with HTTP/{response.Version}; gRPC needs HTTP/2."), []);
        if (response.StatusCode != HttpStatusCode.OK)
            return (new Status(FromHttp(response.StatusCode), $"The server answered with the HTTP status {(int)response.StatusCode}."), []);

        var contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
        return GrpcHeaders.IsGrpc(contentType)
            ? null
            : (new Status(StatusCode.Cancelled, $"The server answered with the content type '{contentType}'; {GrpcHeaders.ContentType} was expected."), []);
    }

    /// <summary>The end of a call whose response was read to its end.</summary>
    public static (Status Status, Metadata Trailers) FromTrailers(HttpResponseMessage response)
    {
        var trailers = response.TrailingHeaders;
        return (TryRead(trailers) ?? new Status(StatusCode.Cancelled, "The response ended without a grpc-status."), ReadMetadata(trailers));
    }

    /// <summary>The end of a call that broke: RST_STREAM codes as the protocol maps them, anything about sockets as Unavailable.</summary>
    public static Status FromException(Exception exception)
    {
        var code = (StatusCode?)null;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                code = protocol.ErrorCode switch
                {
                    0x7 => StatusCode.Unavailable, // REFUSED_STREAM
                    0x8 => StatusCode.Cancelled, // CANCEL
                    0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
                    0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
                    _ => StatusCode.Internal,
                };
                break;
            }

            if (cause is SocketException or IOException)
                code = StatusCode.Unavailable;
        }

        return new Status(code ?? StatusCode.Internal, $"The call failed: {Describe(exception)}", exception);
    }

    /// <summary>Headers or trailers without those that belong to the protocol. Throws <see cref="FormatException"/> for bad base64.</summary>
    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (name.StartsWith(':') || name.ToLowerInvariant() is GrpcHeaders.Status or GrpcHeaders.Message or GrpcHeaders.Encoding or GrpcHeaders.AcceptEncoding)
                continue;

            foreach (var value in values)
                BinaryHeader.AddTo(metadata, name, value);
        }

        return metadata;
    }

    private static Status? TryRead(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(GrpcHeaders.Status, out var status))
            return null;

        var message = headers.NonValidated.TryGetValues(GrpcHeaders.Message, out var values) ? StatusMessage.Decode(values.ToString()) : "";
        return int.TryParse(status.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new Status((StatusCode)code, message)
            : new Status(StatusCode.Cancelled, $"The response has the grpc-status '{status}', which is no number.");
    }

    private static StatusCode FromHttp(HttpStatusCode code) => (int)code switch
    {
        400 or 431 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.Unimplemented,
        429 or 502 or 503 or 504 => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static string Describe(Exception exception) => exception.InnerException is { } inner
        ? $"{exception.GetType().Name}: {exception.Message} {Describe(inner)}"
        : $"{exception.GetType().Name}: {exception.Message}";
}
