namespace StandIns.Orleans.Tests.Timers;

public sealed class TickingGrain(Journal journal) : Grain, ITickingGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    public Task StartAsync(bool interleave, int failures)
    {
        var options = new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)) { Interleave = interleave };
        _timer = this.RegisterGrainTimer(Tick, failures, options);
        return Task.CompletedTask;
    }

    public async Task<int> StayAsync(TimeSpan time, int ticks)
    {
        var before = _ticks;
        await Task.Delay(time);
        while (_ticks - before < ticks)
            await Task.Delay(10);
        return _ticks - before;
    }

    public Task<int> TicksAsync() => Task.FromResult(_ticks);

    public Task StopAsync()
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    private async Task Tick(int failures, CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        if (++_ticks <= failures)
            throw new InvalidOperationException("This tick fails.");
        journal.Note("ticked");
    }
}
