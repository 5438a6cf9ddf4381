using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Activations;
using Orleans.Configuration;
using Orleans.Messages;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>Sends calls: copies the arguments, limits the wait, and puts the call into the grain's queue.</summary>
internal sealed class CallSender(Catalog catalog, IOptions<SiloMessagingOptions> options, TimeProvider time, ILogger<GrainCall> logger)
{
    private readonly SiloMessagingOptions _options = options.Value;

    /// <returns>What the method returns to its caller.</returns>
    public object? Send(GrainId grain, GrainMethod method, object?[] arguments)
    {
        var callerToken = method.TokenIndex >= 0 ? (CancellationToken)arguments[method.TokenIndex]! : default;
        if (callerToken.IsCancellationRequested)
            return method.Shape.Wrap(Task.FromCanceled<object?>(callerToken));

        var copier = NewCopier();
        var copies = new object?[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
            copies[i] = copier.Copy(arguments[i], method.IsImmutable(i));

        var call = new GrainCall(grain, method, copies, NewCopier, logger) { Interleaves = method.Interleaves, KeepsAlive = true };
        if (!method.IsOneWay)
            call.LimitWait(_options.ResponseTimeout, time, callerToken);
        catalog.Deliver(grain, call);
        return method.Shape.Wrap(method.IsOneWay ? Task.FromResult<object?>(null) : call.Answer);
    }

    private MessageCopier NewCopier() => new(_options.MaxMessageBodySize);
}
