using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace StandIns.Orleans.Tests.Turns;

public sealed class TurnTests : IAsyncLifetime
{
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await TestSilo.StartAsync();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private ITurnsGrain Grain(string name = "a") => _silo.Client.GetGrain<ITurnsGrain>(name);

    [Fact]
    public async Task Calls_of_a_grain_run_one_at_a_time_in_the_order_they_came()
    {
        var names = Enumerable.Range(0, 12).Select(i => $"{i}").ToArray();
        await Grain().NameAsync(); // While a grain is being placed, its first calls may overtake each other.
        await Task.WhenAll(names.Select(name => Grain().WorkAsync(name, TimeSpan.FromMilliseconds(5))));
        Assert.Equal(names.SelectMany(name => new[] { $"begin {name}", $"end {name}" }), _silo.Journal.Lines);
    }

    [Fact]
    public async Task Grains_do_not_wait_for_each_other()
    {
        var held = Grain("a").HoldAsync("a");
        await _silo.Journal.WaitForAsync("begin a");
        await Grain("b").WorkAsync("b", TimeSpan.Zero);
        await Grain("a").OpenAsync();
        await held;
        Assert.Equal(["begin a", "begin b", "end b", "open", "end a"], _silo.Journal.Lines);
    }

    [Fact]
    public async Task An_interleaving_call_runs_while_another_is_awaited_and_overtakes_the_queue()
    {
        var held = Grain().HoldAsync("first");
        await _silo.Journal.WaitForAsync("begin first");
        var queued = Grain().WorkAsync("second", TimeSpan.Zero);
        await Grain().OpenAsync();
        await Task.WhenAll(held, queued);
        Assert.Equal(["begin first", "open", "end first", "begin second", "end second"], _silo.Journal.Lines);
    }

    [Fact]
    public async Task Interleaved_calls_share_the_grain_but_never_at_the_same_moment()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(Grain().ExclusiveAsync)));
        Assert.Equal(50 * 20, await Grain().OpenAsync());
    }

    [Fact]
    public async Task Awaits_return_to_the_grains_scheduler_and_Task_Run_leaves_it() =>
        Assert.Equal(["grain", "grain", "pool", "grain", "grain", "pool"], await Grain().SchedulersAsync());

    [Fact]
    public async Task Code_that_left_the_grain_cannot_use_what_belongs_to_it()
    {
        Assert.Equal("another", await Grain().NameOfAnotherAsync(outside: false));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Grain().NameOfAnotherAsync(outside: true));
    }

    [Fact]
    public async Task An_exception_reaches_the_caller_as_it_is_and_the_grain_goes_on()
    {
        var failure = await Assert.ThrowsAsync<FormatException>(() => Grain().FailAsync("seven is no colour"));
        Assert.Equal("seven is no colour", failure.Message);
        Assert.Equal("a", await Grain().NameAsync());
    }

    [Fact]
    public async Task Cancelling_a_call_ends_the_wait_and_cancels_the_grains_token()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Grain().WaitAsync(cancellation.Token);
        await _silo.Journal.WaitForAsync("waiting");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await _silo.Journal.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task A_cancelled_token_keeps_the_call_from_being_made()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain().WaitAsync(new CancellationToken(canceled: true)));
        await Grain().NameAsync();
        Assert.Empty(_silo.Journal.Lines);
    }

    [Fact]
    public async Task A_one_way_call_returns_at_once_and_hides_its_failure()
    {
        await Grain().ForgetAsync("x");
        Assert.Empty(_silo.Journal.Lines);
        await Grain().OpenAsync();
        await _silo.Journal.WaitForAsync("forgotten x");
    }

    [Fact]
    public void An_answer_is_awaited_for_30_seconds_unless_configured() =>
        Assert.Equal(TimeSpan.FromSeconds(30), _silo.Services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value.ResponseTimeout);

    [Fact]
    public async Task References_to_one_grain_are_equal()
    {
        Assert.Equal(Grain("a"), Grain("a"));
        Assert.NotEqual(Grain("a"), Grain("b"));
        Assert.Equal("a", Grain("a").GetPrimaryKeyString());
        Assert.Equal("b", await Grain("b").NameAsync());
    }
}
