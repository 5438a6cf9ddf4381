using Grpc.Core;

namespace StandIns.Grpc.Server;

/// <summary>Writes the responses of a call; each write waits until the HTTP/2 output has room, so a slow reader slows the handler.</summary>
internal sealed class ServerStreamWriter<TResponse>(ServerCall call, Marshaller<TResponse> marshaller) : IServerStreamWriter<TResponse>, IDisposable
    where TResponse : class
{
    private int _isWriting;
    private bool _isDisposed;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var registration = cancellationToken.UnsafeRegister(static state => ((ServerCall)state!).Reset(), call);
        cancellationToken.ThrowIfCancellationRequested();
        if (_isDisposed || call.RequestAborted.IsCancellationRequested)
            throw new InvalidOperationException("No response can be written after the call has ended.");
        if (Interlocked.Exchange(ref _isWriting, 1) == 1)
            throw new InvalidOperationException("A message cannot be written while the write of another is under way.");

        try
        {
            await call.WriteAsync(message, marshaller, cancellationToken);
            if (WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) == true)
                return;

            // A flush can come back in silence when the caller is gone, so both tokens are asked.
            var flushed = await call.HttpContext.Response.BodyWriter.FlushAsync(cancellationToken);
            if (!flushed.IsCompleted && (call.CancellationToken.IsCancellationRequested || cancellationToken.IsCancellationRequested))
                throw new OperationCanceledException("The call ended while a response was written.");
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    public void Dispose() => _isDisposed = true;
}
