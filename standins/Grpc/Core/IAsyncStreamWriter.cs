namespace Grpc.Core;

/// <summary>A stream of messages to write, by one writer at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How messages are written from now on.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message; the task ends when the transport has taken it, so a slow peer slows the writer.</summary>
    Task WriteAsync(T message);

    /// <summary>Writes a message; cancellation ends the whole call, since half a message cannot be taken back.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            throw new NotSupportedException("This stream cannot cancel a write.");

        return WriteAsync(message);
    }
}
