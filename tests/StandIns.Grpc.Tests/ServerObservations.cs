using Grpc.Core;

namespace StandIns.Grpc.Tests;

/// <summary>What the service saw.</summary>
public sealed class ServerObservations
{
    private int _waits;
    private int _cancellations;
    private int _messagesSent;

    /// <summary>Is shown the context of every call when it begins.</summary>
    public Action<ServerCallContext> OnCall { get; set; } = _ => { };

    /// <summary>How many handlers have begun to wait.</summary>
    public int Waits => Volatile.Read(ref _waits);

    /// <summary>How many handlers that waited were cancelled.</summary>
    public int Cancellations => Volatile.Read(ref _cancellations);

    /// <summary>How many messages the last Spread has sent.</summary>
    public int MessagesSent => Volatile.Read(ref _messagesSent);

    public void Began(ServerCallContext context) => OnCall(context);

    public void Waiting() => Interlocked.Increment(ref _waits);

    public void Cancelled() => Interlocked.Increment(ref _cancellations);

    public void Sent(int messages) => Volatile.Write(ref _messagesSent, messages);
}
