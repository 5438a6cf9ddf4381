using Microsoft.Extensions.Logging;
using Orleans.Activations;
using Orleans.Messages;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>One call of a grain's method, from the caller's arguments to the answer.</summary>
internal sealed class GrainCall(GrainId grain, GrainMethod method, object?[] arguments, Func<MessageCopier> newCopier, ILogger logger) : Request
{
    private readonly TaskCompletionSource<object?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource? _grainToken = method.TokenIndex >= 0 ? new() : null;
    private Activation? _activation;
    private ITimer? _answerLimit;
    private CancellationTokenRegistration _callerToken;

    public Task<object?> Answer => _answer.Task;

    /// <summary>True once the caller has its answer, be it a timeout: a call that nobody waits for is dropped from the queue.</summary>
    public override bool IsOver => _answer.Task.IsCompleted;

    /// <summary>Makes the caller wait no longer than <paramref name="timeout"/>, or until its token is cancelled. The grain goes on, but its own token is cancelled.</summary>
    public void LimitWait(TimeSpan timeout, TimeProvider time, CancellationToken callerToken)
    {
        using (CleanContext.Enter())
            _answerLimit = time.CreateTimer(_ => TimeOut(timeout), null, timeout, Timeout.InfiniteTimeSpan);
        _callerToken = callerToken.UnsafeRegister(static (call, token) => ((GrainCall)call!).GiveUp(new OperationCanceledException(token)), this);
        if (IsOver)
            StopLimits();
    }

    public override async Task RunAsync(Activation activation)
    {
        Volatile.Write(ref _activation, activation);
        if (_grainToken is not null)
            arguments[method.TokenIndex] = _grainToken.Token;
        try
        {
            var result = await method.InvokeAsync(activation.GrainInstance!, arguments);
            var copy = newCopier().Copy(result, share: false);
            if (_answer.TrySetResult(copy))
                StopLimits();
        }
        catch (Exception exception)
        {
            if (method.IsOneWay)
                logger.LogWarning(exception, "The one-way call {Method} of {Grain} failed.", method, grain);
            Reject(exception);
        }
    }

    public override void Reject(Exception reason)
    {
        if (_answer.TrySetException(reason))
            StopLimits();
    }

    private void TimeOut(TimeSpan timeout) =>
        GiveUp(new TimeoutException($"Response did not arrive on time in {timeout} for message: {method} of {grain}."));

    private void GiveUp(Exception reason)
    {
        if (!_answer.TrySetException(reason))
            return;
        StopLimits();
        if (_grainToken is null)
            return;
        // What the grain registered on its token runs as one of the grain's turns.
        if (Volatile.Read(ref _activation) is { } running)
            running.Post(_grainToken.Cancel);
        else
            _grainToken.Cancel();
    }

    private void StopLimits()
    {
        _answerLimit?.Dispose();
        _callerToken.Unregister();
    }
}
