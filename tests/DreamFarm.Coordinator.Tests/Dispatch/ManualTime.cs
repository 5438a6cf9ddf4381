namespace DreamFarm.Coordinator.Tests;

/// <summary>Time that passes when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private long _ticks = TimeSpan.TicksPerHour;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <summary>Lets time pass; every timer that is due meanwhile goes off in its turn, and has run when this returns.</summary>
    public void Pass(double seconds)
    {
        long until = GetTimestamp() + TimeSpan.FromSeconds(seconds).Ticks;
        while (true)
        {
            Timer? next;
            lock (_lock)
            {
                next = _timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
                Volatile.Write(ref _ticks, Math.Max(GetTimestamp(), next?.Due ?? until));
                next?.Renew();
            }
            if (next is null)
                return;
            next.Run();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                (Due, _period) = (time.GetTimestamp() + dueTime.Ticks, period);
                time._timers.Add(this);
                return true;
            }
        }

        /// <summary>It goes off now; when next?</summary>
        public void Renew()
        {
            if (_period <= TimeSpan.Zero)
                time._timers.Remove(this);
            else
                Due += _period.Ticks;
        }

        public void Run() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
