using Orleans.Configuration;

namespace StandIns.Orleans.Tests.Lifetime;

public sealed class LifetimeTests
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1.2);

    private static Task<TestSilo> StartAsync() => TestSilo.StartAsync(silo => silo.Configure<GrainCollectionOptions>(options =>
    {
        options.CollectionQuantum = TimeSpan.FromSeconds(1);
        options.CollectionAge = Age;
    }));

    [Fact]
    public async Task An_idle_grain_is_collected_and_comes_back_fresh_unless_something_keeps_it()
    {
        await using var silo = await StartAsync();
        var idle = silo.Client.GetGrain<ILifeGrain>("idle");
        var delayed = silo.Client.GetGrain<ILifeGrain>("delayed");
        var kept = silo.Client.GetGrain<IKeptGrain>("kept");
        await delayed.DelayAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await delayed.CountAsync());
        Assert.Equal(1, await kept.CountAsync());
        Assert.Equal(1, await idle.CountAsync());
        // It counts on, if this test does not wait for a processor so long that it is collected in between.
        while (await idle.CountAsync() < 2)
            await Task.Yield();

        await silo.Journal.WaitForAsync("deactivated idle ActivationIdle");
        await Task.Delay(2 * Age);
        Assert.Equal(1, await idle.CountAsync());
        Assert.Equal(2, await delayed.CountAsync());
        Assert.Equal(2, await kept.CountAsync());

        await delayed.DelayAsync(TimeSpan.Zero);
        await delayed.EndAsync();
        await silo.Journal.WaitForAsync("deactivated delayed ApplicationRequested");
    }

    [Fact]
    public async Task A_grain_that_asks_for_its_end_finishes_its_call_and_later_calls_go_to_a_fresh_one()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Client.GetGrain<ILifeGrain>("x");
        Assert.Equal(1, await grain.CountAsync());
        var ending = grain.EndAsync();
        var next = grain.CountAsync();
        await ending;
        Assert.Equal(1, await next);
        Assert.Equal(["activated x", "ended x", "deactivated x ApplicationRequested", "activated x"], silo.Journal.Lines);
    }

    [Fact]
    public async Task A_failed_activation_reaches_the_caller()
    {
        await using var silo = await TestSilo.StartAsync();
        var failure = await Assert.ThrowsAsync<FormatException>(() => silo.Client.GetGrain<ILifeGrain>("broken").CountAsync());
        Assert.Equal("This grain cannot live.", failure.Message);

        var unborn = await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Client.GetGrain<ILifeGrain>("unborn").CountAsync());
        Assert.IsType<FormatException>(unborn.InnerException);
    }

    [Fact]
    public async Task Stopping_the_host_deactivates_every_grain()
    {
        var silo = await TestSilo.StartAsync();
        foreach (var name in new[] { "a", "b", "c" })
            await silo.Client.GetGrain<ILifeGrain>(name).CountAsync();
        var journal = silo.Journal;
        await silo.DisposeAsync();
        Assert.Equal(
            ["deactivated a ShuttingDown", "deactivated b ShuttingDown", "deactivated c ShuttingDown"],
            journal.Lines.Where(line => line.StartsWith("deactivated")).Order());
    }
}
