namespace DreamFarm.Coordinator.Tests;

/// <summary>Shares of a simulated farm: lanes take tiles of whoever is next; what a tile takes is known only when it is done.</summary>
public class WorkerTimeSharesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void Jobs_of_equal_share_get_equal_time_whatever_their_tiles_cost(int lanes)
    {
        var farm = new Farm(lanes);
        var small = farm.Add("ann", cost: 0.02);
        var large = farm.Add("bob", cost: 0.02 * 16 * 8);
        farm.Run(600);
        Assert.InRange(small.Time / large.Time, 0.95, 1.05);
    }

    [Fact]
    public void Owners_share_evenly_and_so_do_the_jobs_of_each()
    {
        var farm = new Farm(lanes: 3);
        var many = Enumerable.Range(1, 3).Select(cost => farm.Add("ann", cost * 0.1)).ToArray();
        var one = farm.Add("bob", cost: 0.5);
        farm.Run(400);
        Assert.InRange(one.Time / many.Sum(job => job.Time), 0.95, 1.05);
        Assert.All(many, job => Assert.InRange(job.Time / many[0].Time, 0.95, 1.05));
    }

    [Fact]
    public void A_higher_priority_comes_first_and_the_rest_goes_to_the_next()
    {
        var farm = new Farm(lanes: 2);
        var low = farm.Add("ann", cost: 1);
        var high = farm.Add("bob", cost: 1, priority: 1);
        farm.Run(100);
        Assert.Equal(0, low.Time);
        high.Tiles = 0;
        farm.Run(105);
        Assert.True(low.Time > 0);
    }

    [Fact]
    public void Time_in_which_a_job_wanted_nothing_is_not_saved_up()
    {
        var farm = new Farm(lanes: 2);
        var busy = farm.Add("ann", cost: 0.3);
        var idle = farm.Add("bob", cost: 0.5);
        idle.Tiles = 0;
        farm.Run(1000);
        double before = busy.Time;
        idle.Tiles = int.MaxValue;
        farm.Run(1100);
        Assert.InRange((busy.Time - before) / idle.Time, 0.9, 1.1);
    }

    [Fact]
    public void Nor_is_time_in_which_nobody_wanted_anything()
    {
        var farm = new Farm(lanes: 1);
        var first = farm.Add("ann", cost: 0.3);
        farm.Run(1000);
        double before = first.Time;
        first.Tiles = 0;
        farm.Run(1010);
        var second = farm.Add("bob", cost: 0.3);
        farm.Run(1011);
        first.Tiles = int.MaxValue;
        farm.Run(1111);
        Assert.InRange((first.Time - before) / second.Time, 0.9, 1.1);
    }

    [Fact]
    public void A_job_that_no_worker_there_could_do_is_owed_little()
    {
        var farm = new Farm(lanes: 2);
        var able = farm.Add("ann", cost: 0.2);
        var unable = farm.Add("bob", cost: 0.2);
        unable.IsPossible = false;
        farm.Run(1000);
        double before = able.Time;
        unable.IsPossible = true;
        farm.Run(1200);
        Assert.InRange(unable.Time - (able.Time - before), WorkerTimeShare.MostOwed - 2, WorkerTimeShare.MostOwed + 2);
    }

    [Fact]
    public void A_job_whose_steps_end_gets_its_half_while_it_has_tiles_waiting()
    {
        var farm = new Farm(lanes: 3);
        var steps = farm.Add("ann", cost: 0.4);
        var steady = farm.Add("bob", cost: 0.05);
        steps.TilesOfStep = 24;
        farm.Run(600);
        // At a step's end there is a tail of tiles that are under way with none waiting: not counted.
        Assert.InRange(steps.TimeWhileAllWait / steady.TimeWhileAllWait, 0.9, 1.1);
    }

    [Fact]
    public void Many_short_jobs_get_no_more_than_a_long_one()
    {
        var farm = new Farm(lanes: 2);
        var steady = farm.Add("bob", cost: 0.1);
        double others = 0;
        for (int number = 1; number <= 300; number++)
        {
            var brief = farm.Add("ann", cost: 1.5);
            brief.Tiles = 2;
            while (brief.Tiles > 0 || brief.UnderWay > 0)
                farm.Run(farm.Now + 0.1);
            others += brief.Time;
            farm.Remove(brief);
        }
        Assert.InRange(others / steady.Time, 0.5, 1.1);
    }

    private sealed class Job(WorkerTimeShare share, double cost)
    {
        private readonly TileTimes _times = new();

        public WorkerTimeShare Share { get; } = share;

        /// <summary>Tiles that wait.</summary>
        public int Tiles { get; set; } = int.MaxValue;

        /// <summary>If set, that many come at once when the last of a step is done.</summary>
        public int TilesOfStep { get; set; }

        public int UnderWay { get; set; }

        public bool IsPossible { get; set; } = true;

        public bool IsKnown { get; set; }

        public double Time { get; set; }

        public double TimeWhileAllWait { get; set; }

        public double Expect() => _times.ExpectedLaneSeconds(1000);

        public double Measure(Random random)
        {
            double seconds = cost * (0.8 + 0.4 * random.NextDouble());
            return seconds;
        }

        public void Learn(double seconds) => _times.Add(seconds, seconds, 1000);
    }

    private sealed class Farm(int lanes)
    {
        private readonly WorkerTimeShares _shares = new();
        private readonly List<Job> _jobs = [];
        private readonly Random _random = new(1);
        private readonly (double Ends, double Took, double Expected, Job? Job)[] _lanes = new (double, double, double, Job?)[lanes];

        public double Now { get; private set; }

        public Job Add(string owner, double cost, int priority = 0)
        {
            var job = new Job(_shares.Join($"job {_jobs.Count}", owner, priority), cost);
            _jobs.Add(job);
            return job;
        }

        public void Remove(Job job)
        {
            _jobs.Remove(job);
            Tell(job);
            _shares.Leave(job.Share);
        }

        public void Run(double until)
        {
            while (true)
            {
                foreach (var job in _jobs)
                    Tell(job);
                for (int lane = 0; lane < _lanes.Length; lane++)
                {
                    if (_lanes[lane].Job is null)
                        Begin(lane);
                }
                double next = _lanes.Where(lane => lane.Job is not null).Select(lane => lane.Ends).DefaultIfEmpty(until).Min();
                next = Math.Min(next, until);
                if (_jobs.All(job => job.Tiles > 0))
                {
                    foreach (var (_, _, _, job) in _lanes.Where(lane => lane.Job is not null))
                        job!.TimeWhileAllWait += next - Now;
                }
                Now = next;
                if (Now >= until)
                    return;
                for (int lane = 0; lane < _lanes.Length; lane++)
                {
                    if (_lanes[lane] is { Job: { } job } done && done.Ends <= Now)
                        End(lane, job, done.Took, done.Expected);
                }
            }
        }

        private void Begin(int lane)
        {
            Job? next = null;
            foreach (var job in _jobs)
            {
                if (job is { Tiles: > 0, IsPossible: true } && (next is null || job.Share.ComesBefore(next.Share)))
                    next = job;
            }
            if (next is null)
                return;
            double took = next.Measure(_random), expected = next.Expect();
            if (next.Tiles < int.MaxValue)
                next.Tiles--;
            next.UnderWay++;
            next.Share.Take(expected);
            _lanes[lane] = (Now + took, took, expected, next);
        }

        private void End(int lane, Job job, double took, double expected)
        {
            _lanes[lane] = default;
            job.Share.Correct(took - expected);
            job.Learn(took);
            job.Time += took;
            job.UnderWay--;
            if (job.TilesOfStep > 0 && job is { UnderWay: 0, Tiles: 0 })
            {
                Tell(job);
                job.Tiles = job.TilesOfStep;
            }
            else if (job is { TilesOfStep: > 0, Tiles: int.MaxValue })
                job.Tiles = job.TilesOfStep;
        }

        /// <summary>A job wants time as long as a tile of it waits or is under way.</summary>
        private static void Tell(Job job)
        {
            bool wants = job.Tiles > 0 || job.UnderWay > 0;
            if (wants == job.IsKnown)
                return;
            job.IsKnown = wants;
            if (wants)
                job.Share.Want();
            else
                job.Share.Unwant();
        }
    }
}
