using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Client;
using StandIns.Grpc.Wire;

namespace StandIns.Grpc.Client;

/// <summary>
/// One call from its first byte to its status. Whatever ends it first (the server's status, the deadline, cancellation, a
/// broken connection) sets the status; all that comes later changes nothing.
/// </summary>
internal sealed class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    // Room for one 64 KiB message with its header and envelope.
    private static readonly StreamPipeReaderOptions ReadOptions = new(bufferSize: 68 * 1024, minimumReadSize: 4 * 1024, useZeroByteReads: true);

    private readonly Lock _gate = new();
    private readonly GrpcChannel _channel;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TResponse> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MessageReader<TResponse>> _reader = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTime _deadline;
    private CancellationTokenRegistration _callerCancellation;
    private ITimer? _deadlineTimer;
    private StreamingContent? _streamingContent;
    private HttpResponseMessage? _httpResponse;
    private (Status Status, Metadata Trailers)? _end;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    {
        _deadline = options.Deadline ?? DateTime.MaxValue;
        if (_deadline != DateTime.MaxValue && _deadline != DateTime.MinValue && _deadline.Kind != DateTimeKind.Utc)
            throw new InvalidOperationException($"The deadline of a call must be in UTC; it is {_deadline.Kind}.");

        _channel = channel;
        Method = method;
        Options = options;
        Writer = new MessageWriter(channel.MaxSendMessageSize);
        UsesCompression = options.Headers?.GetValue(GrpcHeaders.EncodingRequest) switch
        {
            null or GzipEncoding.Identity => false,
            GzipEncoding.Name => true,
            var other => throw new InvalidOperationException($"Messages cannot be compressed with '{other}'; known is '{GzipEncoding.Name}'."),
        };
    }

    public Method<TRequest, TResponse> Method { get; }

    public CallOptions Options { get; }

    public MessageWriter Writer { get; }

    public Task<Metadata> Headers => _headers.Task;

    public Task<TResponse> Response => _response.Task;

    /// <summary>Reads the responses, once their headers are there.</summary>
    public Task<MessageReader<TResponse>> Reader => _reader.Task;

    /// <summary>Cancelled when the call has ended other than by the server's status.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    public bool IsDisposed { get; private set; }

    public Status? End
    {
        get
        {
            lock (_gate)
                return _end?.Status;
        }
    }

    private bool UsesCompression { get; }

    private bool HasOneResponse => Method.Type is MethodType.Unary or MethodType.ClientStreaming;

    /// <summary>Starts a call with one request.</summary>
    public void Start(TRequest request)
    {
        var frame = new PooledBufferWriter();
        try
        {
            Writer.Write(request, Method.RequestMarshaller.ContextualSerializer, frame, CompressionFor(Options.WriteOptions));
        }
        catch (Exception exception)
        {
            Fail(exception);
            return;
        }

        // The handler may send the request once more over another connection, so the buffer is left to the garbage collector.
        var content = new ReadOnlyMemoryContent(frame.WrittenMemory);
        Start(content);
    }

    /// <summary>Starts a call with a stream of requests.</summary>
    public ClientStreamWriter<TRequest, TResponse> Start()
    {
        _streamingContent = new StreamingContent();
        Start(_streamingContent);
        return new ClientStreamWriter<TRequest, TResponse>(this, _streamingContent);
    }

    /// <summary>The compression of a message, or null for none.</summary>
    public CompressionLevel? CompressionFor(WriteOptions? options) =>
        UsesCompression && options?.Flags.HasFlag(WriteFlags.NoCompress) != true ? CompressionLevel.Fastest : null;

    public Status GetStatus() => End ?? throw new InvalidOperationException("The call has no status yet; it has not ended.");

    public Metadata GetTrailers()
    {
        lock (_gate)
            return _end?.Trailers ?? throw new InvalidOperationException("The call has no trailers yet; it has not ended.");
    }

    public void Dispose()
    {
        IsDisposed = true;
        TryEnd(new Status(StatusCode.Cancelled, "The call was disposed."), [], isGraceful: false);
    }

    /// <summary>Ends the call because its caller said so.</summary>
    public void Cancel(CancellationToken cause) =>
        TryEnd(new Status(StatusCode.Cancelled, "The call was cancelled by the client.", new OperationCanceledException(cause)), [], isGraceful: false);

    /// <summary>Ends the call because of an exception, unless it has ended, and gives the exception for its caller.</summary>
    public RpcException Fail(Exception exception)
    {
        TryEnd(StatusOf(exception), (exception as RpcException)?.Trailers ?? [], isGraceful: false);
        return Failure();
    }

    /// <summary>The exception for a caller of a call that has ended.</summary>
    public RpcException Failure()
    {
        lock (_gate)
            return new RpcException(_end!.Value.Status, _end.Value.Trailers);
    }

    /// <summary>Ends the call with the status that followed the last response.</summary>
    public Status EndByTrailers()
    {
        var (status, trailers) = ResponseStatus.FromTrailers(_httpResponse!);
        TryEnd(status, trailers, isGraceful: true);
        return GetStatus();
    }

    private void Start(HttpContent content)
    {
        _channel.Register(this);
        var timeout = _deadline == DateTime.MaxValue ? (TimeSpan?)null : _deadline - Now;
        if (timeout <= TimeSpan.Zero)
        {
            TryEnd(DeadlineStatus(), [], isGraceful: false);
            return;
        }

        if (timeout is { } dueTime)
        {
            lock (_gate)
                _deadlineTimer = TimeProvider.System.CreateTimer(static call => ((ClientCall<TRequest, TResponse>)call!).OnDeadlineTimer(), this, TimerTime(dueTime), Timeout.InfiniteTimeSpan);
        }

        var registration = Options.CancellationToken.UnsafeRegister(static (call, token) => ((ClientCall<TRequest, TResponse>)call!).Cancel(token), this);
        lock (_gate)
        {
            _callerCancellation = registration;
            if (_end is not null)
                registration.Unregister();
        }

        _ = RunAsync(CreateRequest(content, timeout));
    }

    private HttpRequestMessage CreateRequest(HttpContent content, TimeSpan? timeout)
    {
        content.Headers.TryAddWithoutValidation("Content-Type", GrpcHeaders.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_channel.Address, Method.FullName))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "grpc-dotnet-standin");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GzipEncoding.Accepted);
        if (UsesCompression)
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Encoding, GzipEncoding.Name);
        if (timeout is { } time)
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, TimeoutHeader.Encode(time));

        foreach (var entry in Options.Headers ?? Metadata.Empty)
        {
            if (entry.Key is not (GrpcHeaders.EncodingRequest or GrpcHeaders.Timeout))
                request.Headers.TryAddWithoutValidation(entry.Key, BinaryHeader.Encode(entry));
        }

        return request;
    }

    private async Task RunAsync(HttpRequestMessage request)
    {
        try
        {
            var response = await _channel.Http.SendAsync(request, Cancellation).ConfigureAwait(false);
            lock (_gate)
            {
                _httpResponse = response;
                if (_end is not null)
                    response.Dispose();
            }

            if (ResponseStatus.FromHeaders(response) is var (early, trailers))
            {
                if (HasOneResponse && early.StatusCode == StatusCode.OK)
                    early = new Status(StatusCode.Internal, "The server sent the status OK but no response.");

                TryEnd(early, trailers, isGraceful: true);
                return;
            }

            _headers.TrySetResult(ResponseStatus.ReadMetadata(response.Headers));
            var stream = await response.Content.ReadAsStreamAsync(Cancellation).ConfigureAwait(false);
            var encoding = response.Headers.NonValidated.TryGetValues(GrpcHeaders.Encoding, out var values) ? values.ToString() : null;
            var reader = new MessageReader<TResponse>(PipeReader.Create(stream, ReadOptions), Method.ResponseMarshaller.ContextualDeserializer, encoding, _channel.MaxReceiveMessageSize);
            if (HasOneResponse)
                await ReadOneResponseAsync(reader).ConfigureAwait(false);
            else
                _reader.TrySetResult(reader);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private async Task ReadOneResponseAsync(MessageReader<TResponse> reader)
    {
        var message = await reader.ReadOnlyOneAsync(Cancellation).ConfigureAwait(false);
        var (status, trailers) = ResponseStatus.FromTrailers(_httpResponse!);
        if (message is null && status.StatusCode == StatusCode.OK)
            status = new Status(StatusCode.Internal, "The server sent the status OK but no response.");

        if (TryEnd(status, trailers, isGraceful: true) && status.StatusCode == StatusCode.OK)
            _response.TrySetResult(message!);
    }

    private bool TryEnd(Status status, Metadata trailers, bool isGraceful)
    {
        HttpResponseMessage? response;
        lock (_gate)
        {
            if (_end is not null)
                return false;

            _end = (status, trailers);
            response = _httpResponse;
            _deadlineTimer?.Dispose();
            _callerCancellation.Unregister();
        }

        _channel.Forget(this);
        if (!isGraceful)
            _cancellation.Cancel();

        // An open stream is reset by this, so the server learns that nobody reads on.
        response?.Dispose();
        _streamingContent?.Abandon();

        var failure = new RpcException(status, trailers);
        _headers.TrySetException(failure);
        _reader.TrySetException(failure);
        if (status.StatusCode != StatusCode.OK)
            _response.TrySetException(failure);

        // A caller may look at only one of the three.
        _ = (_headers.Task.Exception, _reader.Task.Exception, _response.Task.Exception);
        return true;
    }

    private void OnDeadlineTimer()
    {
        var remaining = _deadline - Now;
        if (remaining > TimeSpan.Zero)
        {
            lock (_gate)
                _deadlineTimer?.Change(TimerTime(remaining), Timeout.InfiniteTimeSpan);
            return;
        }

        TryEnd(DeadlineStatus(), [], isGraceful: false);
    }

    private Status StatusOf(Exception exception)
    {
        var status = exception switch
        {
            RpcException rpc => rpc.Status,
            OperationCanceledException => new Status(StatusCode.Cancelled, "The call was cancelled.", exception),
            _ => ResponseStatus.FromException(exception),
        };

        // A server on the same machine can see the deadline pass, and reset the stream, before this client's timer fires.
        return status.StatusCode == StatusCode.Cancelled && _deadline <= Now ? DeadlineStatus() : status;
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static Status DeadlineStatus() => new(StatusCode.DeadlineExceeded, "");

    // A timer takes at most 49 days; a longer deadline sets it again.
    private static TimeSpan TimerTime(TimeSpan remaining)
    {
        var longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
        return remaining < longest ? TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds)) : longest;
    }
}
