using Microsoft.Extensions.Logging;
using Orleans.Activations;
using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans.Timers;

internal sealed class GrainTimer : IGrainTimer
{
    private readonly Lock _gate = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private TimeSpan _next;
    private TimeSpan _period;
    private bool _isTicking;
    private bool _isChanged;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options, TimeProvider time, ILogger logger)
    {
        _activation = activation;
        _callback = callback;
        _options = options;
        _logger = logger;
        using (CleanContext.Enter())
            _timer = time.CreateTimer(_ => QueueTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        activation.AddTimer(this);
        Change(options.DueTime, options.Period);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            (_next, _period, _isChanged) = (dueTime, period, true);
            if (!_isTicking)
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _timer.Dispose();
        _activation.RemoveTimer(this);
    }

    private static void Check(TimeSpan time, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Timeout.InfiniteTimeSpan, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time.TotalMilliseconds, uint.MaxValue - 1, name);
    }

    private void QueueTick()
    {
        lock (_gate)
            _isTicking = true;
        _activation.TryReceive(new Tick(this) { Interleaves = _options.Interleave, KeepsAlive = _options.KeepAlive, IsLocal = true });
    }

    private async Task TickAsync()
    {
        lock (_gate)
            _isChanged = false;
        try
        {
            await _callback(_disposed.Token);
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "A timer of the grain {Grain} failed; it goes on with its next tick.", _activation);
        }

        lock (_gate)
        {
            _isTicking = false;
            if (!_disposed.IsCancellationRequested)
                _timer.Change(_isChanged ? _next : _period, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Tick(GrainTimer timer) : Request
    {
        public override Task RunAsync(Activation activation) => timer.TickAsync();
    }
}
