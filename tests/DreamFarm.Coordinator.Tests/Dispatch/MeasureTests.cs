using System.Collections.Concurrent;
using DreamFarm.Dreaming;
using Microsoft.Extensions.Logging.Abstractions;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Channels are measured through the same mechanism as gradients: credits, retries, second workers, lies, worker time.</summary>
public class MeasureTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    private static readonly MeasuredLayer[] Layers = [new("3a", 1), new("4a", 1)];

    // Nobody is too slow but where a test is about that: on a busy machine anybody may be.
    private static readonly DispatchOptions Quick = new()
    {
        ReadyTimeout = Long,
        FirstBackoff = TimeSpan.FromMilliseconds(50),
        StragglerMinimum = Long,
        HangMinimum = Long,
        SweepPeriod = TimeSpan.FromMilliseconds(50),
        ClassPatience = Long,
        TryAgain = TimeSpan.FromMilliseconds(100),
    };

    [Fact]
    public async Task Every_tile_comes_back_with_its_own_sums_and_workers_are_told_the_layers_once_an_octave()
    {
        await using var one = await FakeWorker.StartAsync("w-1");
        await using var two = await FakeWorker.StartAsync("w-2");
        AnswerTogether(one, two);
        await using var dispatcher = Start(one, two);
        await using var job = dispatcher.Open(TestJob.Target());
        await CheckAsync(job, tiles: 40).WaitAsync(Long);
        await TestJob.CheckAsync(job, tiles: 10).WaitAsync(Long);
        Assert.Equal(50, dispatcher.Snapshot().Sum(worker => worker.TilesDone));
        foreach (var worker in new[] { one, two })
        {
            var told = Assert.Single(worker.Setups.Values, setup => setup.MeasuredLayers.Count > 0);
            Assert.Equal(["3a", "4a"], told.MeasuredLayers);
        }
    }

    [Theory]
    [InlineData("nan", "not finite")]
    [InlineData("infinite", "not finite")]
    [InlineData("few", "the sums of 1 channels where 2 were asked for")]
    [InlineData("many", "the sums of 3 channels where 2 were asked for")]
    [InlineData("gradient", "a gradient where channels' sums were asked for")]
    [InlineData("failed", "out of memory")]
    public async Task A_lie_is_counted_against_its_worker_and_the_tile_goes_to_another(string lie, string why)
    {
        await using var honest = await FakeWorker.StartAsync("w-honest");
        await using var liar = await FakeWorker.StartAsync("w-liar");
        liar.Measure = (window, reply) => lie switch
        {
            "nan" => reply.SumsAsync(window, 1, double.NaN),
            "infinite" => reply.SumsAsync(window, double.NegativeInfinity, 1),
            "few" => reply.SumsAsync(window, [1.0]),
            "many" => reply.SumsAsync(window, 1, 2, 3),
            "gradient" => reply.CoreAsync(window),
            _ => reply.FailAsync(window, "out of memory"),
        };
        AnswerTogether(honest, liar);
        await using var dispatcher = Start(honest, liar);
        await using var job = dispatcher.Open(TestJob.Target());
        await CheckAsync(job, tiles: 12).WaitAsync(Long);
        var statistics = dispatcher.Snapshot().Single(worker => worker.Id == "w-liar");
        Assert.Equal(0, statistics.TilesDone);
        Assert.True(statistics.TilesFailed > 0);
        Assert.Contains(why, statistics.Problem);
    }

    [Fact]
    public async Task Sums_where_a_gradient_was_asked_for_are_a_lie()
    {
        await using var honest = await FakeWorker.StartAsync("w-honest");
        await using var liar = await FakeWorker.StartAsync("w-liar");
        liar.Answer = (window, reply) => reply.SumsAsync(window, 1, 2);
        AnswerTogether(honest, liar);
        await using var dispatcher = Start(honest, liar);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 12).WaitAsync(Long);
        Assert.Contains("channels' sums where a gradient was asked for", dispatcher.Snapshot().Single(worker => worker.Id == "w-liar").Problem);
    }

    [Fact]
    public async Task A_worker_that_dies_or_is_slow_while_it_measures_costs_time_alone()
    {
        await using var healthy = await FakeWorker.StartAsync("w-healthy");
        await using var hanging = await FakeWorker.StartAsync("w-hanging");
        var mortal = await FakeWorker.StartAsync("w-mortal");
        hanging.Measure = mortal.Measure = (_, _) => Task.Delay(Timeout.Infinite);
        AnswerTogether(healthy, hanging, mortal);
        await using var dispatcher = Start(Quick with { StragglerMinimum = TimeSpan.FromMilliseconds(300) }, healthy, hanging, mortal);
        await using var job = dispatcher.Open(TestJob.Target());
        var all = CheckAsync(job, tiles: 20);
        await UntilAsync(() => mortal.Windows > 0 && hanging.Windows > 0);
        await mortal.DisposeAsync();
        await all.WaitAsync(Long);
        Assert.Equal(20, dispatcher.Snapshot().Single(worker => worker.Id == "w-healthy").TilesDone);
    }

    [Fact]
    public async Task A_tile_costs_its_job_what_the_worker_says_and_its_time_says_nothing_of_gradients()
    {
        const int tiles = 10;
        await using var only = await FakeWorker.StartAsync("w-only");
        only.Measure = async (window, reply) =>
        {
            await Task.Delay(20);
            await reply.SumsAsync(window, 0.002, [window.Pixels.Span[0], 2 * window.Pixels.Span[0]]);
        };
        await using var dispatcher = Start(only);
        await using var job = dispatcher.Open(TestJob.Target());
        await CheckAsync(job, tiles).WaitAsync(Long);
        Assert.Equal(tiles * 0.002, job.Share.Had, 1e-9);
        Assert.Equal(0.002, job.MeasureTimes.ExpectedLaneSeconds(96 * 96), 1e-9);
        Assert.Null(job.Times.Usual(96 * 96));
    }

    [Fact]
    public async Task Objectives_of_one_octave_that_differ_are_told_apart()
    {
        await using var worker = await FakeWorker.StartAsync("w-1");
        var asked = new ConcurrentBag<string>();
        var answer = worker.Answer;
        worker.Answer = (window, reply) =>
        {
            asked.Add(worker.Setups[window.Objective].Objective);
            return answer(window, reply);
        };
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(TestJob.Target());
        foreach (string objective in new[] { "l2(4a[1]):1", "l2(4a[2]):1" })
        {
            using var gradient = await job.ComputeAsync(TestJob.Request(0, 64, objective: objective), TestContext.Current.CancellationToken).WaitAsync(Long);
        }
        Assert.Equal(["l2(4a[1]):1", "l2(4a[2]):1"], asked.Order());
    }

    private static Task CheckAsync(IGradientSource source, int tiles) => Task.WhenAll(Enumerable.Range(0, tiles).Select(async number =>
        Assert.Equal([number + 1, 2 * (number + 1)], await source.MeasureAsync(TestJob.Request(number, 64), Layers, CancellationToken.None))));

    /// <summary>Lets workers answer once each of them has got a window: none does every tile while another is still being dialled, or waits for a processor.</summary>
    private static void AnswerTogether(params FakeWorker[] workers)
    {
        foreach (var worker in workers)
        {
            var (answer, measure) = (worker.Answer, worker.Measure);
            worker.Answer = (window, reply) => OnceAllHaveOneAsync(() => answer(window, reply));
            worker.Measure = (window, reply) => OnceAllHaveOneAsync(() => measure(window, reply));
        }

        async Task OnceAllHaveOneAsync(Func<Task> reply)
        {
            await UntilAsync(() => workers.All(each => each.Windows > 0));
            await reply();
        }
    }

    private static Dispatcher Start(params FakeWorker[] workers) => Start(Quick, workers);

    private static Dispatcher Start(DispatchOptions options, params FakeWorker[] workers)
    {
        var dispatcher = new Dispatcher(options, TimeProvider.System, NullLogger<Dispatcher>.Instance);
        dispatcher.SetWorkers([.. workers.Select(worker => worker.Lent)]);
        return dispatcher;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !condition(); await Task.Delay(10))
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Long, "waited in vain");
    }
}
