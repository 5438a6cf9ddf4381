namespace Grpc.Core;

/// <summary>A stream of messages to read, by one reader at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that <see cref="MoveNext"/> found last.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false at the end of the stream. Throws <see cref="RpcException"/> when the call failed.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
