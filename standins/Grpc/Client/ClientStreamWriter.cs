using Grpc.Core;
using StandIns.Grpc.Wire;

namespace StandIns.Grpc.Client;

/// <summary>Writes the requests of a call; each write waits until HTTP/2 flow control has let the message through.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, StreamingContent content) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly PooledBufferWriter _frame = new();
    private int _isWriting;
    private bool _isComplete;

    public WriteOptions? WriteOptions { get; set; } = call.Options.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ObjectDisposedException.ThrowIf(call.IsDisposed, typeof(ClientCall<,>));
        if (_isComplete)
            throw new InvalidOperationException("No message can be written after CompleteAsync.");
        if (call.End is not null)
            throw call.Failure();
        if (Interlocked.Exchange(ref _isWriting, 1) == 1)
            throw new InvalidOperationException("A message cannot be written while the write of another is under way.");

        var registration = cancellationToken.UnsafeRegister(static (state, token) => ((ClientCall<TRequest, TResponse>)state!).Cancel(token), call);
        try
        {
            call.Writer.Write(message, call.Method.RequestMarshaller.ContextualSerializer, _frame, call.CompressionFor(WriteOptions));
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            registration.Dispose();
            _frame.Release();
            Volatile.Write(ref _isWriting, 0);
        }
    }

    public Task CompleteAsync()
    {
        ObjectDisposedException.ThrowIf(call.IsDisposed, typeof(ClientCall<,>));
        if (Volatile.Read(ref _isWriting) == 1)
            return Task.FromException(new InvalidOperationException("The stream cannot be completed while a write is under way."));

        _isComplete = true;
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stream = await content.Stream.ConfigureAwait(false);
            await stream.WriteAsync(_frame.WrittenMemory, call.Cancellation).ConfigureAwait(false);
            await stream.FlushAsync(call.Cancellation).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The server may have ended the call with a status that the reader has yet to see, so the call is not failed here.
            throw call.End is null
                ? new RpcException(new Status(StatusCode.Cancelled, "The request stream was closed.", exception))
                : call.Failure();
        }
    }
}
