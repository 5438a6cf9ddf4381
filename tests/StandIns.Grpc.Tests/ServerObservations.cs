using Grpc.Core;

namespace StandIns.Grpc.Tests;

/// <summary>What the service saw, for a test in the same process.</summary>
public sealed class ServerObservations
{
    private readonly TaskCompletionSource<ServerCallContext> _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _messagesSent;

    /// <summary>The first call.</summary>
    public Task<ServerCallContext> FirstCall => _began.Task;

    /// <summary>Completes when a handler that waited was cancelled.</summary>
    public Task Cancellation => _cancelled.Task;

    /// <summary>How many messages the last Spread has sent.</summary>
    public int MessagesSent => Volatile.Read(ref _messagesSent);

    public void Began(ServerCallContext context) => _began.TrySetResult(context);

    public void Cancelled() => _cancelled.TrySetResult();

    public void Sent(int messages) => Volatile.Write(ref _messagesSent, messages);
}
