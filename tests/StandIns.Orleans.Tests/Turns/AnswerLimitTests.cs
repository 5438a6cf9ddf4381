using Orleans.Configuration;

namespace StandIns.Orleans.Tests.Turns;

public sealed class AnswerLimitTests : IAsyncLifetime
{
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await TestSilo.StartAsync(silo =>
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(6)));

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private ITurnsGrain Grain(string name) => _silo.Client.GetGrain<ITurnsGrain>(name);

    [Fact]
    public async Task A_late_answer_is_a_timeout_for_the_caller_while_the_grain_goes_on()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Grain("a").HoldAsync("long"));
        Assert.Equal(["begin long"], _silo.Journal.Lines);
        await Grain("a").OpenAsync();
        await _silo.Journal.WaitForAsync("end long");
        Assert.Equal("a", await Grain("a").NameAsync());
    }

    [Fact]
    public async Task A_call_that_timed_out_in_the_queue_is_never_run()
    {
        var held = Assert.ThrowsAsync<TimeoutException>(() => Grain("a").HoldAsync("first"));
        await _silo.Journal.WaitForAsync("begin first");
        var queued = Assert.ThrowsAsync<TimeoutException>(() => Grain("a").WorkAsync("second", TimeSpan.Zero));
        await Task.WhenAll(held, queued);
        await Grain("a").OpenAsync();
        await Grain("a").NameAsync();
        Assert.Equal(["begin first", "open", "end first"], _silo.Journal.Lines);
    }

    [Fact]
    public async Task A_timeout_cancels_the_grains_token()
    {
        Assert.SkipWhen(typeof(IGrainFactory).Assembly.GetName().Version!.Major >= 10, "From version 10 Orleans leaves a late call alone unless it is told otherwise.");
        await Assert.ThrowsAsync<TimeoutException>(() => Grain("a").WaitAsync(CancellationToken.None));
        await _silo.Journal.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task Grains_that_call_each_other_in_a_circle_deadlock() =>
        await Assert.ThrowsAsync<TimeoutException>(() => Grain("a").CallBackThroughAsync(Grain("b")));
}
