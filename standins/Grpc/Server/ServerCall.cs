using System.IO.Compression;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using StandIns.Grpc.Wire;

namespace StandIns.Grpc.Server;

/// <summary>One call that came over HTTP/2, from its headers to its trailers.</summary>
internal sealed class ServerCall : ServerCallContext
{
    private static readonly HashSet<string> ProtocolHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        GrpcHeaders.Encoding, GrpcHeaders.AcceptEncoding, GrpcHeaders.Timeout, "Content-Type", "Content-Encoding", "Accept-Encoding", "TE", "Host",
    };

    private readonly MethodSettings _settings;
    private readonly ILogger _logger;
    private readonly MessageWriter _writer;
    private readonly Lock _gate = new();
    private readonly ITimer? _deadlineTimer;
    private readonly CancellationTokenSource? _deadlineCancellation;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private bool _usesCompression;
    private bool _hasEnded;
    private Task _deadlineEnd = Task.CompletedTask;

    public ServerCall(HttpContext context, MethodSettings settings, ILogger logger)
    {
        HttpContext = context;
        RequestAborted = context.RequestAborted;
        _settings = settings;
        _logger = logger;
        _writer = new MessageWriter(settings.MaxSendMessageSize);
        context.Response.ContentType = GrpcHeaders.ContentType;
        if (settings.ResponseCompressionAlgorithm is { } algorithm && Accepts(algorithm))
            UseCompression(algorithm);

        DeadlineCore = DateTime.MaxValue;
        if (TimeoutHeader.TryDecode(context.Request.Headers[GrpcHeaders.Timeout], out var timeout))
        {
            DeadlineCore = TimeProvider.System.GetUtcNow().UtcDateTime + timeout;
            _deadlineCancellation = CancellationTokenSource.CreateLinkedTokenSource(RequestAborted);

            // A timer takes at most 49 days; no connection lives that long.
            var dueTime = TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(timeout.TotalMilliseconds), uint.MaxValue - 1));
            _deadlineTimer = TimeProvider.System.CreateTimer(static call => ((ServerCall)call!).OnDeadline(), this, dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public HttpContext HttpContext { get; }

    /// <summary>Cancelled when the caller reset the stream or its connection is gone.</summary>
    public CancellationToken RequestAborted { get; }

    protected override string MethodCore => HttpContext.Request.Path.Value!;

    protected override string HostCore => HttpContext.Request.Host.Value!;

    protected override DateTime DeadlineCore { get; }

    protected override CancellationToken CancellationTokenCore => _deadlineCancellation?.Token ?? RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override IDictionary<object, object> UserStateCore => HttpContext.Items!;

    protected override string PeerCore
    {
        get
        {
            var connection = HttpContext.Connection;
            return connection.RemoteIpAddress switch
            {
                null => "unknown",
                { AddressFamily: AddressFamily.InterNetworkV6 } address => $"ipv6:[{address}]:{connection.RemotePort}",
                var address => $"ipv4:{address}:{connection.RemotePort}",
            };
        }
    }

    protected override Metadata RequestHeadersCore
    {
        get
        {
            if (_requestHeaders is null)
            {
                _requestHeaders = [];
                foreach (var (name, values) in HttpContext.Request.Headers)
                {
                    if (name.StartsWith(':') || ProtocolHeaders.Contains(name))
                        continue;

                    foreach (var value in values)
                        BinaryHeader.AddTo(_requestHeaders, name, value ?? "");
                }
            }

            return _requestHeaders;
        }
    }

    /// <summary>
    /// Refuses what is no gRPC over HTTP/2, with an HTTP error. A call whose requests are a stream may go on for long and send
    /// little: the limits of rate, size and time that suit web pages are taken off it.
    /// </summary>
    public static bool TryAccept(HttpContext context, bool streamsRequests)
    {
        if (!GrpcHeaders.IsGrpc(context.Request.ContentType))
            return Refuse(StatusCodes.Status415UnsupportedMediaType, $"The content type is '{context.Request.ContentType}'; {GrpcHeaders.ContentType} was expected.");
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
            return Refuse(StatusCodes.Status426UpgradeRequired, $"The protocol is {context.Request.Protocol}; gRPC needs HTTP/2.");

        if (streamsRequests)
        {
            if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
                size.MaxRequestBodySize = null;

            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        }

        return true;

        bool Refuse(int httpStatus, string detail)
        {
            context.Response.StatusCode = httpStatus;
            SetStatus(context.Response.Headers, new Status(StatusCode.Internal, detail));
            return false;
        }
    }

    public static void SetStatus(IHeaderDictionary destination, Status status)
    {
        destination[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(status.Detail))
            destination.Remove(GrpcHeaders.Message);
        else
            destination[GrpcHeaders.Message] = StatusMessage.Encode(status.Detail);
    }

    public MessageReader<T> CreateReader<T>(Marshaller<T> marshaller)
        where T : class =>
        new(HttpContext.Request.BodyReader, marshaller.ContextualDeserializer, HttpContext.Request.Headers[GrpcHeaders.Encoding], _settings.MaxReceiveMessageSize);

    public async ValueTask<T> ReadRequestAsync<T>(Marshaller<T> marshaller)
        where T : class =>
        await CreateReader(marshaller).ReadOnlyOneAsync(CancellationToken.None)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The call has no request."));

    /// <summary>Writes the only response; it leaves with the trailers.</summary>
    public async Task WriteResponseAsync<T>(T response, Marshaller<T> marshaller)
        where T : class
    {
        if (response is null)
            throw new RpcException(new Status(StatusCode.Cancelled, "The handler returned no response."));

        await WriteAsync(response, marshaller, CancellationToken.None);
    }

    /// <summary>Writes a response into the HTTP/2 output.</summary>
    public async ValueTask WriteAsync<T>(T response, Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        if (!HttpContext.Response.HasStarted)
            await HttpContext.Response.StartAsync(cancellationToken);

        var compression = _usesCompression && WriteOptions?.Flags.HasFlag(WriteFlags.NoCompress) != true ? _settings.ResponseCompressionLevel : (CompressionLevel?)null;
        _writer.Write(response, marshaller.ContextualSerializer, HttpContext.Response.BodyWriter, compression);
    }

    /// <summary>Resets the HTTP/2 stream.</summary>
    public void Reset()
    {
        if (HttpContext.Features.Get<IHttpResetFeature>() is { } reset)
            reset.Reset(GrpcHeaders.Http2Cancel);
        else
            HttpContext.Abort();
    }

    /// <summary>Turns an exception of a handler into the call's status.</summary>
    public void Fail(Exception exception, IMethod method)
    {
        if (exception is RpcException rpc)
        {
            ServerLog.CallFailed(_logger, method.FullName, rpc.StatusCode, rpc.Status.Detail);
            foreach (var entry in rpc.Trailers)
                ResponseTrailers.Add(entry);

            Status = rpc.Status;
            return;
        }

        if (exception is OperationCanceledException or IOException && RequestAborted.IsCancellationRequested)
            ServerLog.CallAborted(_logger, method.FullName, exception);
        else
            ServerLog.HandlerThrew(_logger, method.FullName, exception);

        var detail = "The handler of the call threw an exception.";
        if (_settings.EnableDetailedErrors)
        {
            for (var cause = exception; cause is not null; cause = cause.InnerException)
                detail += $" {cause.GetType().Name}: {cause.Message}";
        }

        Status = new Status(StatusCode.Unknown, detail, exception);
    }

    /// <summary>Sends trailers and status, unless the deadline has done so.</summary>
    public async Task EndAsync()
    {
        if (TryEnd())
        {
            var trailers = TrailersDestination();
            foreach (var entry in _responseTrailers ?? Metadata.Empty)
                trailers.Append(entry.Key, BinaryHeader.Encode(entry));

            SetStatus(trailers, Status);
        }

        await _deadlineEnd;
        if (_deadlineTimer is not null)
            await _deadlineTimer.DisposeAsync();

        _deadlineCancellation?.Dispose();
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        var response = HttpContext.Response;
        if (response.HasStarted)
            throw new InvalidOperationException("Response headers can be sent only once, and only before the first response.");

        foreach (var entry in responseHeaders)
        {
            if (entry.Key == GrpcHeaders.EncodingRequest)
                UseCompression(entry.Value);
            else
                response.Headers.Append(entry.Key, BinaryHeader.Encode(entry));
        }

        await response.BodyWriter.FlushAsync();
    }

    private void OnDeadline()
    {
        // The handler may end the call at this moment; only one of the two sends a status.
        lock (_gate)
        {
            if (_hasEnded)
                return;

            _hasEnded = true;
            _deadlineEnd = EndByDeadlineAsync();
        }
    }

    private async Task EndByDeadlineAsync()
    {
        // Not inside the lock of the caller.
        await Task.Yield();
        try
        {
            Status = new Status(StatusCode.DeadlineExceeded, "The deadline of the call has passed.");
            SetStatus(TrailersDestination(), Status);
            await HttpContext.Response.CompleteAsync();
            Reset();
            await _deadlineCancellation!.CancelAsync();
        }
        catch (Exception exception)
        {
            ServerLog.DeadlineFailed(_logger, exception);
        }
    }

    private bool TryEnd()
    {
        lock (_gate)
        {
            var isFirst = !_hasEnded;
            _hasEnded = true;
            return isFirst;
        }
    }

    private IHeaderDictionary TrailersDestination()
    {
        // Without a message the status travels in the headers, the only frame of the response.
        if (!HttpContext.Response.HasStarted)
            return HttpContext.Response.Headers;

        return HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            ?? throw new InvalidOperationException("The server cannot send trailers.");
    }

    private bool Accepts(string algorithm)
    {
        foreach (var values in HttpContext.Request.Headers[GrpcHeaders.AcceptEncoding])
        {
            if (values?.Split(',', StringSplitOptions.TrimEntries).Contains(algorithm) == true)
                return true;
        }

        return false;
    }

    private void UseCompression(string algorithm)
    {
        if (algorithm == GzipEncoding.Identity)
            return;
        if (algorithm != GzipEncoding.Name)
            throw new InvalidOperationException($"Responses cannot be compressed with '{algorithm}'; known is '{GzipEncoding.Name}'.");

        _usesCompression = true;
        HttpContext.Response.Headers[GrpcHeaders.Encoding] = algorithm;
    }
}
