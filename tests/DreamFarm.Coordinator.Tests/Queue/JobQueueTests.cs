namespace DreamFarm.Coordinator.Tests;

public class JobQueueTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private int _jobs;

    [Fact]
    public void An_owner_with_one_job_waits_for_one_of_the_ten_before_it_and_not_for_all()
    {
        var queue = new JobQueue(places: 1, pixels: long.MaxValue);
        var tens = Enumerable.Range(0, 10).Select(_ => Job("ann")).ToArray();
        foreach (var job in tens)
            queue.Add(job);
        var first = StartNext(queue, _ => 1)!;
        Assert.Equal(tens[0], first);
        var single = Job("bob");
        queue.Add(single);
        Assert.Null(queue.Next());
        queue.Free(first.Job, 0, null);
        Assert.Equal(single, StartNext(queue, _ => 16));
        queue.Free(single.Job, 0, null);
        foreach (var job in tens.Skip(1))
        {
            Assert.Equal(job, StartNext(queue, _ => 1));
            queue.Free(job.Job, 0, null);
        }
        Assert.Null(queue.Next());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Owners_whose_jobs_differ_sixteenfold_are_given_the_same_work(int places)
    {
        var queue = new JobQueue(places, long.MaxValue);
        var given = new Dictionary<string, double> { ["ann"] = 0, ["bob"] = 0 };
        for (int i = 0; i < 2000; i++)
            queue.Add(Job("ann"));
        for (int i = 0; i < 200; i++)
            queue.Add(Job("bob"));
        // A farm that gives every running job the same: the smallest rest ends first.
        var running = new List<(QueueEntry Job, double Left)>();
        double Work(QueueEntry job) => job.Owner == "ann" ? 1 : 16;
        while (given.Values.Max() < 1600)
        {
            while (StartNext(queue, Work) is { } job)
                running.Add((job, Work(job)));
            double least = running.Min(each => each.Left);
            running = [.. running.Select(each => (each.Job, each.Left - least))];
            foreach (var (job, _) in running.Where(each => each.Left <= 0).ToArray())
            {
                given[job.Owner] += Work(job);
                queue.Free(job.Job, 0, null);
            }
            running.RemoveAll(each => each.Left <= 0);
            // The work under way counts as given: no more than a large job for every place.
            Assert.InRange(Math.Abs(given["ann"] - given["bob"]), 0, 16 * (places + 1));
        }
    }

    [Fact]
    public void A_higher_priority_comes_first_whoever_waits()
    {
        var queue = new JobQueue(1, long.MaxValue);
        var (low, usual, high) = (Job("ann", -5), Job("bob"), Job("ann", 7));
        foreach (var job in new[] { low, usual, high })
            queue.Add(job);
        foreach (var job in new[] { high, usual, low })
        {
            Assert.Equal(job, StartNext(queue, _ => 1));
            queue.Free(job.Job, 0, null);
        }
    }

    [Fact]
    public void Of_an_owners_jobs_what_was_begun_comes_first_and_then_the_oldest()
    {
        var queue = new JobQueue(1, long.MaxValue);
        var (first, second, begun) = (Job("ann"), Job("ann"), Job("ann") with { Begun = true });
        foreach (var job in new[] { second, begun, first })
            queue.Add(job);
        foreach (var job in new[] { begun, first, second })
        {
            Assert.Equal(job, StartNext(queue, _ => 1));
            queue.Free(job.Job, 0, null);
        }
    }

    [Fact]
    public void The_newest_of_the_lowest_running_jobs_makes_way_for_a_strictly_higher_one()
    {
        var queue = new JobQueue(3, long.MaxValue);
        var running = new[] { Job("ann", 0), Job("bob", -1), Job("cyd", -1) };
        foreach (var job in running)
            queue.Add(job);
        for (int i = 0; i < 3; i++)
            Assert.NotNull(StartNext(queue, _ => 1));
        queue.Add(Job("dan", -1));
        Assert.Null(queue.FindWay(out _));

        var high = Job("ann", 1);
        queue.Add(high);
        var lowest = queue.FindWay(out string why)!;
        Assert.Equal(running[2], lowest);
        Assert.Equal("made way for a job of a higher priority", why);
        queue.GiveWay(lowest);
        // One is enough, and it keeps its place until its run has ended.
        Assert.Null(queue.FindWay(out _));
        Assert.Null(queue.Next());
        queue.Free(lowest.Job, 0.5, lowest with { Begun = true });
        Assert.Equal(high, StartNext(queue, _ => 1));
        Assert.Null(queue.FindWay(out _));
    }

    [Fact]
    public void An_owner_with_nothing_running_gets_the_newest_place_of_one_who_has_two()
    {
        var queue = new JobQueue(3, long.MaxValue);
        var anns = new[] { Job("ann"), Job("ann"), Job("ann") };
        foreach (var job in anns)
            queue.Add(job);
        while (StartNext(queue, _ => 1) is not null)
        {
        }
        var (bob, more) = (Job("bob"), Job("bob"));
        queue.Add(bob);
        queue.Add(more);
        var second = queue.FindWay(out string why)!;
        Assert.Equal(anns[2], second);
        Assert.Equal("made way for an owner who had nothing running", why);
        queue.GiveWay(second);
        queue.Free(second.Job, 1, second);
        Assert.Equal(bob, StartNext(queue, _ => 1));
        // He has one running now: his next waits like everybody's.
        Assert.Null(queue.FindWay(out _));
    }

    [Fact]
    public void Nobody_makes_way_for_an_equal_when_each_owner_has_one_running()
    {
        var queue = new JobQueue(2, long.MaxValue);
        foreach (string owner in new[] { "ann", "bob", "cyd" })
            queue.Add(Job(owner));
        while (StartNext(queue, _ => 1) is not null)
        {
        }
        Assert.Null(queue.FindWay(out _));
    }

    [Fact]
    public void Running_canvases_fit_the_memory_and_a_larger_one_runs_alone()
    {
        var queue = new JobQueue(4, pixels: 100);
        var (half, most, small) = (Job("ann", pixels: 50), Job("bob", pixels: 200), Job("cyd", pixels: 1));
        foreach (var job in new[] { half, most, small })
            queue.Add(job);
        Assert.Equal(half, StartNext(queue, _ => 1));
        // The small one would fit, and does not pass by: the large one would wait for ever.
        Assert.Null(queue.Next());
        queue.Free(half.Job, 0, null);
        Assert.Equal(most, StartNext(queue, _ => 1));
        Assert.Null(queue.Next());
        queue.Free(most.Job, 0, null);
        Assert.Equal(small, StartNext(queue, _ => 1));
    }

    [Fact]
    public void Nobody_makes_way_in_vain_for_a_canvas_that_would_not_fit_then_either()
    {
        var queue = new JobQueue(4, pixels: 100);
        var (high, low) = (Job("ann", 5, 80), Job("bob", -5, 10));
        queue.Add(high);
        queue.Add(low);
        while (StartNext(queue, _ => 1) is not null)
        {
        }
        queue.Add(Job("cyd", 1, 50));
        Assert.Null(queue.FindWay(out _));
    }

    [Fact]
    public void What_comes_twice_is_queued_once_and_what_is_removed_does_not_start()
    {
        var queue = new JobQueue(1, long.MaxValue);
        var (job, gone) = (Job("ann"), Job("ann"));
        queue.Add(job);
        queue.Add(gone);
        queue.Add(job);
        queue.Remove(gone.Job);
        queue.Remove(gone.Job);
        Assert.Equal(job, StartNext(queue, _ => 1));
        queue.Add(job);
        queue.Free(job.Job, 0, null);
        queue.Free(job.Job, 0, null);
        Assert.Null(queue.Next());
    }

    private static QueueEntry? StartNext(JobQueue queue, Func<QueueEntry, double> work)
    {
        if (queue.Next() is not { } next)
            return null;
        queue.Start(next, work(next));
        return next;
    }

    private QueueEntry Job(string owner, int priority = 0, long pixels = 1) =>
        new($"d-{_jobs}", owner, priority, Noon.AddSeconds(_jobs++), Begun: false, pixels);
}
