namespace StandIns.Orleans.Tests.Timers;

public sealed class TimerTests : IAsyncLifetime
{
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await TestSilo.StartAsync();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private ITickingGrain Grain => _silo.Client.GetGrain<ITickingGrain>("t");

    [Fact]
    public async Task Ticks_wait_for_their_turn()
    {
        await Grain.StartAsync(interleave: false, failures: 0);
        await _silo.Journal.WaitForAsync("ticked");
        Assert.Equal(0, await Grain.StayAsync(TimeSpan.FromMilliseconds(200), ticks: 0));
    }

    [Fact]
    public async Task Interleaving_ticks_come_during_calls()
    {
        await Grain.StartAsync(interleave: true, failures: 0);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int ticks = await Grain.StayAsync(TimeSpan.FromSeconds(0.5), ticks: 5);
        // Every 10 ms at most, and those that had begun before.
        Assert.InRange(ticks, 5, (clock.Elapsed.TotalMilliseconds / 10) + 2);
    }

    [Fact]
    public async Task A_failed_tick_is_followed_by_the_next()
    {
        await Grain.StartAsync(interleave: false, failures: 2);
        await _silo.Journal.WaitForAsync("ticked");
        Assert.True(await Grain.TicksAsync() >= 3);
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        await Grain.StartAsync(interleave: false, failures: 0);
        await _silo.Journal.WaitForAsync("ticked");
        await Grain.StopAsync();
        await Task.Delay(50);
        var ticks = await Grain.TicksAsync();
        await Task.Delay(150);
        Assert.Equal(ticks, await Grain.TicksAsync());
    }
}
