using System.Collections.Concurrent;
using System.Diagnostics;
using DreamFarm.Dreaming;
using Microsoft.Extensions.Logging.Abstractions;

namespace DreamFarm.Coordinator.Tests;

public class DispatchTests
{
    // For what must merely happen, on a machine that may be busy.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    // Nobody is too slow, or hangs, but where a test is about that: on a busy machine anybody may be.
    private static readonly DispatchOptions Quick = new()
    {
        ReadyTimeout = Long,
        FirstBackoff = TimeSpan.FromMilliseconds(50),
        StragglerMinimum = Long,
        HangMinimum = Long,
        SweepPeriod = TimeSpan.FromMilliseconds(50),
        AskAgain = TimeSpan.FromMilliseconds(200),
        ClassPatience = Long,
        TryAgain = TimeSpan.FromMilliseconds(100),
    };

    private static readonly DispatchOptions ImpatientWithStragglers = Quick with { StragglerMinimum = TimeSpan.FromMilliseconds(300) };

    // The test's own time, which passes for nobody who waits for something real.
    private static readonly DispatchOptions ByManualTime = Quick with { ReadyTimeout = TimeSpan.FromDays(1), FirstBackoff = TimeSpan.Zero };

    [Fact]
    public async Task Every_tile_comes_back_with_its_own_gradient()
    {
        await using var one = await FakeWorker.StartAsync("w-1");
        await using var two = await FakeWorker.StartAsync("w-2");
        AnswerTogether(one, two);
        await using var dispatcher = Start(one, two);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 40);
        Assert.Equal("a1b2", job.NumericsClass);
        Assert.Null(job.Waiting);
        Assert.Equal(40, dispatcher.Snapshot().Sum(worker => worker.TilesDone));
        Assert.All(dispatcher.Snapshot(), worker => Assert.True(worker is { TilesDone: > 0, TilesHeld: 0, TilesFailed: 0, Reachable: true }, $"{worker}"));
    }

    [Fact]
    public async Task Tiles_of_a_worker_that_dies_are_computed_by_another()
    {
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var healthy = await FakeWorker.StartAsync("w-healthy");
        healthy.Answer = async (window, reply) =>
        {
            await died.Task;
            await reply.CoreAsync(window);
        };
        var mortal = await FakeWorker.StartAsync("w-mortal");
        mortal.Answer = (_, _) => Task.Delay(Timeout.Infinite);
        await using var dispatcher = Start(healthy, mortal);
        await using var job = dispatcher.Open(TestJob.Target());
        var all = TestJob.CheckAsync(job, tiles: 10);
        await Until(() => mortal.Windows > 0);
        await mortal.DisposeAsync();
        await Until(() => dispatcher.Snapshot().Single(worker => worker.Id == "w-mortal") is { Reachable: false, TilesFailed: > 0 });
        died.SetResult();
        await all.WaitAsync(Long);
        Assert.Equal(10, dispatcher.Snapshot().Single(worker => worker.Id == "w-healthy").TilesDone);
    }

    [Fact]
    public async Task Tiles_of_a_worker_that_is_not_lent_any_more_go_to_others_at_once()
    {
        await using var healthy = await FakeWorker.StartAsync("w-healthy");
        await using var hanging = await FakeWorker.StartAsync("w-hanging");
        hanging.Answer = (_, _) => Task.Delay(Timeout.Infinite);
        await using var dispatcher = Start(hanging);
        await using var job = dispatcher.Open(TestJob.Target());
        var all = TestJob.CheckAsync(job, tiles: 5);
        await Until(() => hanging.Windows > 0);
        dispatcher.SetWorkers([healthy.Lent]);
        await all.WaitAsync(Long);
        Assert.Equal(["w-healthy"], dispatcher.Snapshot().Select(worker => worker.Id));
    }

    [Fact]
    public async Task A_worker_whose_stream_broke_is_dialled_again()
    {
        int port = FreePort.Next();
        var worker = await FakeWorker.StartAsync("w-1", port: port);
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 2).WaitAsync(Long);
        await worker.DisposeAsync();
        await Until(() => !dispatcher.Snapshot()[0].Reachable);
        Assert.Contains("no worker can be reached: w-1", job.Waiting);

        var rest = TestJob.CheckAsync(job, tiles: 3);
        await using var again = await FakeWorker.StartAsync("w-1", port: port);
        await rest.WaitAsync(Long);
        Assert.Equal(3, again.Windows);
    }

    [Fact]
    public async Task A_slow_tile_is_computed_by_a_second_worker_too_and_the_late_answer_is_dropped()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var quick = await FakeWorker.StartAsync("w-quick");
        await using var lame = await FakeWorker.StartAsync("w-lame");
        lame.Answer = async (window, reply) =>
        {
            await slow.Task;
            await reply.CoreAsync(window, value: (Half)(-1));
        };
        AnswerTogether(quick, lame);
        await using var dispatcher = Start(ImpatientWithStragglers, quick, lame);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 20).WaitAsync(Long);
        Assert.True(lame.Windows > 0);
        slow.SetResult();
        // The late answers free the worker's credit and change nothing else.
        await Until(() => dispatcher.Snapshot().All(worker => worker.TilesHeld == 0));
        Assert.Equal(0, dispatcher.Snapshot().Single(worker => worker.Id == "w-lame").TilesDone);
        Assert.Equal(20, dispatcher.Snapshot().Single(worker => worker.Id == "w-quick").TilesDone);
    }

    [Fact]
    public async Task A_worker_that_stopped_reading_blocks_nobody()
    {
        // Windows larger than what the wire buffers, so that the writer of the stopped worker does stand.
        await using var quick = await FakeWorker.StartAsync("w-quick");
        await using var stopped = await FakeWorker.StartAsync("w-stopped", new() { CreditBytes = 1 << 30, Lanes = 8, MaxWindowPixels = 1 << 24 });
        await using var dispatcher = Start(ImpatientWithStragglers, quick, stopped);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 4).WaitAsync(Long);
        stopped.Stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await TestJob.CheckAsync(job, tiles: 24, side: 1024).WaitAsync(Long);
    }

    [Theory]
    [InlineData("nan", "not finite")]
    [InlineData("size", "bytes")]
    [InlineData("crc", "checksum")]
    [InlineData("order", "due")]
    [InlineData("failed", "out of memory")]
    public async Task A_lie_is_counted_against_its_worker_and_the_tile_goes_to_another(string lie, string why)
    {
        await using var honest = await FakeWorker.StartAsync("w-honest");
        await using var liar = await FakeWorker.StartAsync("w-liar");
        liar.Answer = Lie(lie);
        AnswerTogether(honest, liar);
        await using var dispatcher = Start(honest, liar);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 12).WaitAsync(Long);
        var statistics = dispatcher.Snapshot().Single(worker => worker.Id == "w-liar");
        Assert.Equal(0, statistics.TilesDone);
        Assert.True(statistics.TilesFailed > 0);
        Assert.Contains(why, statistics.Problem);
        Assert.Equal(12, dispatcher.Snapshot().Single(worker => worker.Id == "w-honest").TilesDone);
    }

    [Fact]
    public async Task A_tile_that_three_workers_failed_fails_its_job_with_their_words()
    {
        await using var a = await FakeWorker.StartAsync("w-a");
        await using var b = await FakeWorker.StartAsync("w-b");
        await using var c = await FakeWorker.StartAsync("w-c");
        foreach (var worker in new[] { a, b, c })
            worker.Answer = (window, reply) => reply.FailAsync(window, $"{worker.Id} has no memory");
        await using var dispatcher = Start(a, b, c);
        await using var job = dispatcher.Open(TestJob.Target());
        var error = await Assert.ThrowsAsync<GradientException>(() => TestJob.CheckAsync(job, tiles: 1).WaitAsync(Long));
        Assert.Contains("tile at row 1, column 1 of octave 1, step 1", error.Message);
        Assert.All(new[] { "worker w-a: w-a has no memory", "worker w-b: w-b has", "worker w-c: w-c has" }, words => Assert.Contains(words, error.Message));
    }

    [Fact]
    public async Task The_only_worker_may_fail_a_tile_three_times()
    {
        await using var only = await FakeWorker.StartAsync("w-only");
        only.Answer = Lie("nan");
        await using var dispatcher = Start(only);
        await using var job = dispatcher.Open(TestJob.Target());
        await Assert.ThrowsAsync<GradientException>(() => TestJob.CheckAsync(job, tiles: 1).WaitAsync(Long));
        Assert.Equal(3, only.Windows);
    }

    [Fact]
    public async Task A_tile_that_five_workers_in_a_row_were_lost_with_fails_its_job_by_name()
    {
        var workers = await Task.WhenAll("abcdef".Select(letter => FakeWorker.StartAsync($"w-{letter}")));
        foreach (var worker in workers)
            worker.Answer = DieOf(worker);
        await using var dispatcher = Start(workers);
        await using var job = dispatcher.Open(TestJob.Target());
        var error = await Assert.ThrowsAsync<GradientException>(() => TestJob.CheckAsync(job, tiles: 1).WaitAsync(Long));
        Assert.StartsWith("the tile at row 1, column 1 of octave 1, step 1 failed 5 times: worker w-", error.Message);
        Assert.Equal(5, error.Message.Split("it was lost while it computed the tile").Length - 1);
        Assert.Equal(5, workers.Count(worker => worker.Windows > 0));
        foreach (var worker in workers)
            await worker.DisposeAsync();
    }

    [Fact]
    public async Task Workers_that_are_lost_while_a_job_goes_on_do_not_fail_it()
    {
        await using var dispatcher = Start();
        await using var job = dispatcher.Open(TestJob.Target());
        var unlucky = TestJob.CheckAsync(job, tiles: 1);
        for (int number = 1; number <= 4; number++)
            await LoseAsync($"w-{number}");

        // Another tile of the job is computed; that worker leaves with the unlucky one in hand, which is no loss.
        await using var quick = await FakeWorker.StartAsync("w-quick");
        quick.Answer = (window, reply) => window.Shape.CoreWidth == 64 ? Task.Delay(Timeout.Infinite) : reply.CoreAsync(window);
        dispatcher.SetWorkers([quick.Lent]);
        await TestJob.CheckAsync(job, tiles: 1, side: 32).WaitAsync(Long);
        for (int number = 5; number <= 8; number++)
            await LoseAsync($"w-{number}");

        // Nor do losses count before and after that of a worker which had none of it: somebody ends workers.
        await using var idle = await FakeWorker.StartAsync("w-idle");
        idle.NumericsClass = "";
        dispatcher.SetWorkers([idle.Lent]);
        await Until(() => dispatcher.Snapshot().Single().Reachable);
        await idle.DisposeAsync();
        await Until(() => !dispatcher.Snapshot().Single().Reachable);
        for (int number = 9; number <= 12; number++)
            await LoseAsync($"w-{number}");
        await using var healthy = await FakeWorker.StartAsync("w-healthy");
        dispatcher.SetWorkers([healthy.Lent]);
        await unlucky.WaitAsync(Long);

        async Task LoseAsync(string id)
        {
            await using var mortal = await FakeWorker.StartAsync(id);
            mortal.Answer = DieOf(mortal);
            dispatcher.SetWorkers([mortal.Lent]);
            await Until(() => dispatcher.Snapshot().Single() is { Reachable: false, TilesFailed: 1 });
        }
    }

    [Theory]
    [InlineData("nan", "not finite")]
    [InlineData("infinite", "not finite")]
    [InlineData("loss", "not finite")]
    [InlineData("size", "bytes")]
    [InlineData("crc", "checksum")]
    public async Task Three_wrong_answers_in_a_row_quarantine_a_worker_which_is_then_probed_again(string lie, string why)
    {
        await using var liar = await FakeWorker.StartAsync("w-liar");
        liar.Answer = Lie(lie);
        var time = new ManualTime();
        await using var dispatcher = Start(ByManualTime with { FirstQuarantine = TimeSpan.FromSeconds(5) }, time, liar);
        await using var job = dispatcher.Open(TestJob.Target());
        var all = TestJob.CheckAsync(job, tiles: 6);
        await Until(() => dispatcher.Snapshot()[0].QuarantinedUntil is not null);
        var statistics = dispatcher.Snapshot()[0];
        Assert.Equal((0, false), (statistics.TilesHeld, statistics.Reachable));
        Assert.StartsWith("quarantined until ", statistics.Problem);
        Assert.Contains(why, statistics.Problem);
        Assert.StartsWith("every worker is quarantined: w-liar is quarantined until ", job.Waiting);
        int probes = liar.Probes;

        // Leaving and coming back under the same id makes nobody honest; another process is another worker.
        dispatcher.SetWorkers([]);
        dispatcher.SetWorkers([liar.Lent]);
        Assert.NotNull(dispatcher.Snapshot()[0].QuarantinedUntil);
        await using var honest = await FakeWorker.StartAsync("w-honest");
        dispatcher.SetWorkers([liar.Lent, honest.Lent]);
        await all.WaitAsync(Long);
        // Afterwards it is dialled, and probed, anew.
        await Until(() =>
        {
            time.Pass(seconds: 1);
            return liar.Probes > probes;
        });
        await Until(() => dispatcher.Snapshot().Single(worker => worker.Id == "w-liar") is { QuarantinedUntil: null, Reachable: true });
    }

    [Fact]
    public async Task What_workers_say_they_cannot_do_quarantines_nobody()
    {
        await using var poor = await FakeWorker.StartAsync("w-poor");
        await using var rich = await FakeWorker.StartAsync("w-rich");
        poor.Answer = (window, reply) => reply.FailAsync(window, "out of memory");
        await using var dispatcher = Start(poor, rich);
        await using var job = dispatcher.Open(TestJob.Target());
        rich.Answer = async (window, reply) =>
        {
            await Until(() => poor.Windows >= 3);
            await reply.CoreAsync(window);
        };
        await TestJob.CheckAsync(job, tiles: 30).WaitAsync(Long);
        Assert.True(dispatcher.Snapshot().Single(worker => worker.Id == "w-poor") is { TilesFailed: >= 3, QuarantinedUntil: null, Reachable: true });
    }

    [Fact]
    public async Task Two_workers_that_fail_a_tile_are_asked_again_before_its_job_fails()
    {
        await using var a = await FakeWorker.StartAsync("w-a");
        await using var b = await FakeWorker.StartAsync("w-b");
        int tries = 0;
        a.Answer = b.Answer = (window, reply) => Interlocked.Increment(ref tries) < 3 ? reply.FailAsync(window, "out of memory") : reply.CoreAsync(window);
        await using var dispatcher = Start(a, b);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 1).WaitAsync(Long);
        Assert.Equal((2, 1), (Math.Max(a.Windows, b.Windows), Math.Min(a.Windows, b.Windows)));
    }

    [Fact]
    public async Task A_worker_that_keeps_its_window_for_ever_is_named_and_then_sent_it_again()
    {
        await using var only = await FakeWorker.StartAsync("w-only");
        var time = new ManualTime();
        await using var dispatcher = Start(ByManualTime with { StragglerMinimum = TimeSpan.FromMilliseconds(20), HangMinimum = TimeSpan.FromSeconds(4) }, time, only);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 5).WaitAsync(Long);
        only.Answer = (_, _) => Task.CompletedTask;
        var kept = TestJob.CheckAsync(job, tiles: 1);
        await Until(() => only.Windows == 6);
        Assert.Null(job.Waiting);
        time.Pass(seconds: 3);
        Assert.StartsWith("worker w-only has not answered the tile at row 1, column 1 of octave 1, step 1 for 3 seconds; such tiles take about ", job.Waiting);
        only.Answer = (window, reply) => reply.CoreAsync(window);
        time.Pass(seconds: 2);
        await kept.WaitAsync(Long);
        Assert.Equal(1, dispatcher.Snapshot()[0].TilesFailed);
    }

    [Fact]
    public async Task A_tile_on_which_every_worker_hangs_fails_its_job()
    {
        await using var only = await FakeWorker.StartAsync("w-only");
        var time = new ManualTime();
        await using var dispatcher = Start(ByManualTime with { HangMinimum = TimeSpan.FromSeconds(2) }, time, only);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 5).WaitAsync(Long);
        only.Answer = (_, _) => Task.CompletedTask;
        var all = TestJob.CheckAsync(job, tiles: 1);
        for (int windows = 6; windows <= 8; windows++)
        {
            await Until(() => only.Windows == windows);
            time.Pass(seconds: 3);
        }
        var error = await Assert.ThrowsAsync<GradientException>(() => all.WaitAsync(Long));
        Assert.Equal(3, error.Message.Split("worker w-only: it did not answer within").Length - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Jobs_of_two_owners_get_the_same_worker_time_whatever_their_tiles(int workers)
    {
        // Windows of 256 and 1024 pixels, of which the large ones take four times as long. Every answer is as long on its way as a small one
        // took, which the coordinator cannot tell from computing. What a worker says is what it was told to take, whatever the machine
        // does meanwhile.
        const double cheap = 0.01;
        var times = new Dictionary<int, double> { [256] = 0, [1024] = 0 };
        (double Small, double Large, double ChargedSmall, double ChargedLarge)? before = null, after = null;
        var measure = () => (0.0, 0.0, 0.0, 0.0);
        var farm = await Task.WhenAll(Enumerable.Range(1, workers).Select(number => FakeWorker.StartAsync($"w-{number}")));
        foreach (var worker in farm)
        {
            var lane = new SemaphoreSlim(1);
            worker.Answer = async (window, reply) =>
            {
                double took = window.Shape.Width == 256 ? cheap : 4 * cheap;
                await lane.WaitAsync();
                await Task.Delay(TimeSpan.FromSeconds(took));
                lane.Release();
                // Measured between two tiles, and not when the test happens to be looking.
                lock (times)
                {
                    times[window.Shape.Width] += took;
                    // Long enough that the tiles under way, two a worker and none longer than four of the small ones, make less than one in ten.
                    if (before is not null && after is null && times.Values.Sum() > 4 * workers)
                        after = measure();
                }
                await Task.Delay(TimeSpan.FromSeconds(cheap));
                await reply.CoreAsync(window, laneSeconds: took);
            };
        }
        await using var dispatcher = Start(farm);
        await using var small = dispatcher.Open(TestJob.Target() with { Owner = "ann", LargestWindow = new Size(256, 256) });
        await using var large = dispatcher.Open(TestJob.Target() with { JobId = "second", Owner = "bob", LargestWindow = new Size(1024, 1024) });
        measure = () => (times[256], times[1024], small.Share.Had, large.Share.Had);
        using var enough = new CancellationTokenSource();
        // Once what tiles of each take is known, and from when both have tiles waiting.
        await Task.WhenAll(WantAsync(small, 256 - 32, 1), WantAsync(large, 1024 - 32, 1)).WaitAsync(Long);
        var all = Task.WhenAll(WantAsync(small, 256 - 32, 2000), WantAsync(large, 1024 - 32, 500));
        lock (times)
            before = measure();
        await Until(() =>
        {
            lock (times)
                return after is not null;
        });
        await enough.CancelAsync();
        await all;
        var (first, last) = (before.Value, after!.Value);
        Assert.InRange((last.Small - first.Small) / (last.Large - first.Large), 0.9, 1.1);
        Assert.InRange((last.ChargedSmall - first.ChargedSmall) / (last.ChargedLarge - first.ChargedLarge), 0.9, 1.1);
        foreach (var worker in farm)
            await worker.DisposeAsync();

        Task WantAsync(JobDispatch job, int side, int tiles) => Task.WhenAll(Enumerable.Range(0, tiles).Select(async number =>
        {
            try
            {
                (await job.ComputeAsync(TestJob.Request(number, side), enough.Token)).Dispose();
            }
            catch (OperationCanceledException)
            {
            }
        }));
    }

    [Fact]
    public async Task A_tile_costs_its_job_what_the_worker_says_and_not_the_way()
    {
        const int tiles = 10;
        await using var only = await FakeWorker.StartAsync("w-only");
        only.Answer = async (window, reply) =>
        {
            await Task.Delay(20);
            await reply.CoreAsync(window, laneSeconds: 0.002);
        };
        await using var dispatcher = Start(only);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles).WaitAsync(Long);
        Assert.Equal(tiles * 0.002, job.Share.Had, 1e-9);
        Assert.Equal(0.002, job.Times.ExpectedLaneSeconds(96 * 96), 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e9)]
    public async Task What_a_worker_cannot_have_taken_costs_nobody_more_than_it_was_seen_to_take(double said)
    {
        const int tiles = 10;
        await using var only = await FakeWorker.StartAsync("w-only");
        var lane = new SemaphoreSlim(1);
        only.Answer = async (window, reply) =>
        {
            await lane.WaitAsync();
            await Task.Delay(20);
            lane.Release();
            await reply.CoreAsync(window, laneSeconds: said);
        };
        await using var dispatcher = Start(only);
        await using var job = dispatcher.Open(TestJob.Target());
        var began = Stopwatch.StartNew();
        await TestJob.CheckAsync(job, tiles).WaitAsync(Long);
        // One in the lane and one behind it at a time.
        Assert.InRange(job.Share.Had, tiles * 0.015, 2 * began.Elapsed.TotalSeconds);
    }

    [Fact]
    public async Task A_job_does_not_wait_silently_for_a_worker_that_never_shows_its_class()
    {
        await using var silent = await FakeWorker.StartAsync("w-silent");
        await using var honest = await FakeWorker.StartAsync("w-honest");
        silent.NumericsClass = "";
        await using var dispatcher = Start(Quick with { ClassPatience = TimeSpan.FromSeconds(0.5) }, silent);
        await using var job = dispatcher.Open(TestJob.Target());
        var all = TestJob.CheckAsync(job, tiles: 3);
        await Until(() => job.Waiting == "worker w-silent has not answered yet how it computes the job's windows");
        dispatcher.SetWorkers([silent.Lent, honest.Lent]);
        await all.WaitAsync(Long);
        Assert.Equal(3, honest.Windows);
    }

    [Fact]
    public async Task A_worker_that_could_not_set_up_an_octave_is_told_its_objective_again()
    {
        await using var worker = await FakeWorker.StartAsync("w-1");
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 1).WaitAsync(Long);
        worker.Problem = "its weights are gone";
        var next = TestJob.CheckAsync(job, tiles: 1, octave: 1);
        await Until(() => job.Waiting?.Contains("its weights are gone") == true);
        worker.Problem = "";
        await next.WaitAsync(Long);
    }

    [Fact]
    public async Task A_job_takes_the_class_with_the_most_lanes_and_keeps_to_it()
    {
        await using var large = await FakeWorker.StartAsync("w-large", new() { CreditBytes = 1 << 26, Lanes = 4, MaxWindowPixels = 1 << 24 });
        await using var small = await FakeWorker.StartAsync("w-small");
        await using var other = await FakeWorker.StartAsync("w-other");
        large.NumericsClass = "f4";
        small.NumericsClass = other.NumericsClass = "0a";
        await using var dispatcher = Start(large, small, other);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 30).WaitAsync(Long);
        Assert.Equal("f4", job.NumericsClass);
        Assert.Equal((30, 0, 0), (large.Windows, small.Windows, other.Windows));

        // The class goes; the job waits for it, and says so.
        dispatcher.SetWorkers([small.Lent, other.Lent]);
        var rest = TestJob.CheckAsync(job, tiles: 3);
        await Until(() => job.Waiting is not null);
        Assert.Equal("no worker of the job's numerics class f4 is there, only others: `dreamfarm jobs resume first --mixed` lets those go on", job.Waiting);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(rest.IsCompleted);

        dispatcher.SetWorkers([small.Lent, large.Lent]);
        await rest.WaitAsync(Long);
        Assert.Equal((33, 0, 0), (large.Windows, small.Windows, other.Windows));
    }

    [Fact]
    public async Task A_resumed_job_keeps_its_class_even_if_another_has_more_lanes()
    {
        await using var a = await FakeWorker.StartAsync("w-a", new() { CreditBytes = 1 << 26, Lanes = 4, MaxWindowPixels = 1 << 24 });
        await using var b = await FakeWorker.StartAsync("w-b");
        b.NumericsClass = "0b";
        await using var dispatcher = Start(a, b);
        await using var job = dispatcher.Open(TestJob.Target() with { NumericsClass = "0b" });
        await TestJob.CheckAsync(job, tiles: 5).WaitAsync(Long);
        Assert.Equal((0, 5), (a.Windows, b.Windows));
    }

    [Fact]
    public async Task A_mixed_job_uses_workers_of_every_class()
    {
        await using var a = await FakeWorker.StartAsync("w-a");
        await using var b = await FakeWorker.StartAsync("w-b");
        b.NumericsClass = "0b";
        await using var dispatcher = Start(a, b);
        await using var job = dispatcher.Open(TestJob.Target() with { Mixed = true });
        AnswerTogether(a, b);
        await TestJob.CheckAsync(job, tiles: 20).WaitAsync(Long);
        Assert.True(a.Windows > 0 && b.Windows > 0);
    }

    [Fact]
    public async Task A_job_that_nobody_can_do_waits_and_says_why()
    {
        await using var worker = await FakeWorker.StartAsync("w-1", new() { CreditBytes = 1 << 26, Lanes = 1, MaxWindowPixels = 1 << 20 });
        await using var dispatcher = Start();
        await using var job = dispatcher.Open(TestJob.Target());
        Assert.Equal("no worker is registered", job.Waiting);
        var all = TestJob.CheckAsync(job, tiles: 3);

        worker.Problem = "it has no weights 1234abcd… of motif: put the file into /models";
        dispatcher.SetWorkers([worker.Lent]);
        await Until(() => job.Waiting?.Contains("w-1 says: it has no weights 1234abcd… of motif: put the file into /models") == true);

        await using var large = dispatcher.Open(TestJob.Target() with { LargestWindow = new Size(2240, 2240) });
        await Until(() => large.Waiting == "no worker can hold windows of 2240x2240 pixels");

        // The file is put there: the worker is asked again and the job goes on.
        worker.Problem = "";
        await all.WaitAsync(Long);
        Assert.Null(job.Waiting);
        dispatcher.SetWorkers([worker.Lent with { Draining = true }]);
        Assert.Equal("every worker is draining", job.Waiting);
    }

    [Fact]
    public async Task A_draining_worker_finishes_what_it_holds_and_gets_no_more()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var leaving = await FakeWorker.StartAsync("w-leaving");
        leaving.Answer = async (window, reply) =>
        {
            await go.Task;
            await reply.CoreAsync(window);
        };
        await using var staying = await FakeWorker.StartAsync("w-staying");
        await using var dispatcher = Start(leaving);
        await using var job = dispatcher.Open(TestJob.Target());
        var all = TestJob.CheckAsync(job, tiles: 10);
        await Until(() => leaving.Windows == 2);
        dispatcher.SetWorkers([leaving.Lent with { Draining = true }, staying.Lent]);
        await Until(() => staying.Windows == 8);
        go.SetResult();
        await all.WaitAsync(Long);
        Assert.Equal((2, 8), (leaving.Windows, staying.Windows));
        Assert.Equal([0L, 0L], dispatcher.Snapshot().Select(worker => worker.TilesFailed));
    }

    [Fact]
    public async Task No_more_bytes_are_under_way_than_the_credit_unless_one_window_is_larger()
    {
        await using var worker = await FakeWorker.StartAsync("w-1", new() { CreditBytes = 3 * 6 * 96 * 96, Lanes = 8, MaxWindowPixels = 1 << 24 });
        worker.Answer = async (window, reply) =>
        {
            // As many as may be there are there once.
            await Until(() => worker.Windows >= 3);
            await Task.Delay(5);
            await reply.CoreAsync(window);
        };
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(TestJob.Target());
        await TestJob.CheckAsync(job, tiles: 30).WaitAsync(Long);
        Assert.Equal(3 * 6 * 96 * 96, worker.MostBytes);
        await TestJob.CheckAsync(job, tiles: 2, side: 512).WaitAsync(Long);
        Assert.Equal(6 * 544 * 544, worker.MostBytes);
    }

    [Fact]
    public async Task Jobs_take_turns()
    {
        await using var worker = await FakeWorker.StartAsync("w-1");
        var bothWait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var objectives = new ConcurrentQueue<long>();
        worker.Answer = async (window, reply) =>
        {
            objectives.Enqueue(window.Objective);
            await bothWait.Task;
            // Every tile costs the same, whatever the machine does meanwhile.
            await reply.CoreAsync(window, laneSeconds: 1e-5);
        };
        await using var dispatcher = Start(worker);
        await using var first = dispatcher.Open(TestJob.Target());
        await using var second = dispatcher.Open(TestJob.Target() with { JobId = "second" });
        // Once what tiles of each take is known.
        bothWait.SetResult();
        await Task.WhenAll(TestJob.CheckAsync(first, tiles: 1), TestJob.CheckAsync(second, tiles: 1)).WaitAsync(Long);
        objectives.Clear();
        bothWait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Task.WhenAll(TestJob.CheckAsync(first, tiles: 100), TestJob.CheckAsync(second, tiles: 5));
        bothWait.SetResult();
        await all.WaitAsync(Long);
        // Each job has one objective; the second's has five windows.
        long[] order = [.. objectives];
        Assert.Equal(105, order.Length);
        int last = Array.LastIndexOf(order, order.CountBy(objective => objective).Single(count => count.Value == 5).Key);
        Assert.True(last < 40, $"{last} windows were computed before the second job's five were");
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_let_go_and_no_window_of_it_is_being_cut()
    {
        await using var worker = await FakeWorker.StartAsync("w-1");
        worker.Answer = (_, _) => Task.Delay(Timeout.Infinite);
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(TestJob.Target());
        using var enough = new CancellationTokenSource();
        bool cutting = false;
        var request = TestJob.Request(0, 64);
        var waiting = job.ComputeAsync(new WindowRequest
        {
            Octave = request.Octave,
            Step = 0,
            Tile = request.Tile,
            Objective = request.Objective,
            CutAsync = async (_, cancellation) =>
            {
                cutting = true;
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                finally
                {
                    await Task.Delay(100, CancellationToken.None);
                    cutting = false;
                }
            },
        }, enough.Token);
        await Until(() => Volatile.Read(ref cutting));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Long));
        Assert.False(cutting);
    }

    [Fact]
    public async Task A_window_that_cannot_be_cut_fails_its_tile_and_nobody_else()
    {
        await using var worker = await FakeWorker.StartAsync("w-1");
        await using var dispatcher = Start(worker);
        await using var job = dispatcher.Open(TestJob.Target());
        var request = TestJob.Request(0, 64);
        await Assert.ThrowsAsync<InvalidDataException>(() => job.ComputeAsync(new WindowRequest
        {
            Octave = request.Octave,
            Step = 0,
            Tile = request.Tile,
            Objective = request.Objective,
            CutAsync = (_, _) => throw new InvalidDataException("no such rows"),
        }, TestContext.Current.CancellationToken));
        await TestJob.CheckAsync(job, tiles: 3).WaitAsync(Long);
        Assert.Equal(0, dispatcher.Snapshot()[0].TilesFailed);
    }

    [Fact]
    public async Task Objectives_of_octaves_and_jobs_that_are_over_are_forgotten()
    {
        await using var worker = await FakeWorker.StartAsync("w-1");
        await using var dispatcher = Start(worker);
        var job = dispatcher.Open(TestJob.Target());
        for (int octave = 0; octave < 4; octave++)
            await TestJob.CheckAsync(job, tiles: 3, octave: octave).WaitAsync(Long);
        await Until(() => worker.Objectives.Count == 1);
        await job.DisposeAsync();
        await Until(() => worker.Objectives.Count == 0);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => TestJob.CheckAsync(job, tiles: 1));
    }

    private static Func<Protocol.WindowAssembly, FakeWorker.Reply, Task> Lie(string lie) => lie switch
    {
        "nan" => (window, reply) => reply.CoreAsync(window, value: Half.NaN),
        "infinite" => (window, reply) => reply.CoreAsync(window, value: Half.NegativeInfinity),
        "loss" => (window, reply) => reply.CoreAsync(window, loss: double.NaN),
        "failed" => (window, reply) => reply.FailAsync(window, "out of memory"),
        "size" => (window, reply) => reply.CoreAsync(window, slice =>
        {
            slice.Data = Google.Protobuf.ByteString.CopyFrom(slice.Data.Span[..^6]);
            return slice;
        }),
        "crc" => (window, reply) => reply.CoreAsync(window, slice =>
        {
            slice.Crc32C ^= 1;
            return slice;
        }),
        _ => (window, reply) => reply.CoreAsync(window, slice =>
        {
            slice.FirstRow++;
            return slice;
        }),
    };

    // Not awaited: it ends with the stream in which it was asked.
    private static Func<Protocol.WindowAssembly, FakeWorker.Reply, Task> DieOf(FakeWorker worker) => (_, _) =>
    {
        _ = worker.DisposeAsync().AsTask();
        return Task.CompletedTask;
    };

    private static Dispatcher Start(params FakeWorker[] workers) => Start(Quick, workers);

    private static Dispatcher Start(DispatchOptions options, params FakeWorker[] workers) => Start(options, TimeProvider.System, workers);

    private static Dispatcher Start(DispatchOptions options, TimeProvider time, params FakeWorker[] workers)
    {
        var dispatcher = new Dispatcher(options, time, NullLogger<Dispatcher>.Instance);
        dispatcher.SetWorkers([.. workers.Select(worker => worker.Lent)]);
        return dispatcher;
    }

    /// <summary>Lets workers answer once each of them has got a window: none does every tile while another is still being dialled, or waits for a processor.</summary>
    private static void AnswerTogether(params FakeWorker[] workers)
    {
        foreach (var worker in workers)
        {
            var answer = worker.Answer;
            worker.Answer = async (window, reply) =>
            {
                await Until(() => workers.All(each => each.Windows > 0));
                await answer(window, reply);
            };
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !condition(); await Task.Delay(10))
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Long, "waited in vain");
    }
}
