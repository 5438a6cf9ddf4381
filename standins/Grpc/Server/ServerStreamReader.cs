using Grpc.Core;
using StandIns.Grpc.Wire;

namespace StandIns.Grpc.Server;

/// <summary>Reads the requests of a call; it is of no use once the handler has returned.</summary>
internal sealed class ServerStreamReader<TRequest>(ServerCall call, MessageReader<TRequest> reader) : IAsyncStreamReader<TRequest>, IDisposable
    where TRequest : class
{
    private bool _isDisposed;

    public TRequest Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isDisposed || call.RequestAborted.IsCancellationRequested)
            throw new InvalidOperationException("No request can be read after the call has ended.");

        // The last message must not be kept alive while the next is awaited.
        Current = null!;
        if (await reader.ReadAsync(cancellationToken) is not { } message)
            return false;

        Current = message;
        return true;
    }

    public void Dispose() => _isDisposed = true;
}
