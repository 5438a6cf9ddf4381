namespace Grpc.Core;

/// <summary>A way to one server, shared by many clients and calls.</summary>
public abstract class ChannelBase
{
    /// <summary>A channel to a target, <c>host:port</c>.</summary>
    protected ChannelBase(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    /// <summary>The target, <c>host:port</c>.</summary>
    public string Target { get; }

    /// <summary>What makes calls over this channel.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Ends all calls and closes the channel.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>What a kind of channel does to shut down; nothing unless overridden.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
