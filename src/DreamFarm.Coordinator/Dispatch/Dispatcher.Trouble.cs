using System.Diagnostics;
using DreamFarm.Dreaming;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>What becomes of workers that fail, lie, hang or are lost, and of the tiles that they had.</summary>
internal sealed partial class Dispatcher
{
    /// <summary>A tile that so many different workers failed cannot be computed.</summary>
    private const int MostFailures = 3;

    /// <summary>
    /// A window may end every process that computes it, and must not be tried for ever; but processes are also killed for reasons
    /// that have nothing to do with it. So a loss counts against a tile only if the tile was in a lane there, and counts no more
    /// once another tile of its job is answered or a worker is lost that computed none of the job; and the count is higher than that of failures,
    /// which are the workers' own words. With three workers that are killed at random while a job is down to one tile, five losses in a row that
    /// all hit the one that has it, each before it is done, are one in hundreds of chances even if no tile is ever done in time, and next to none
    /// if one in five is.
    /// </summary>
    private const int MostLosses = 5;

    /// <summary>A window that takes this many times the usual is not slow: the worker hangs.</summary>
    private const double HangFactor = 10;

    /// <summary>The stream broke, or could not be opened.</summary>
    internal void Lost(WorkerLink link, string problem)
    {
        PendingTile? fatal;
        lock (_lock)
        {
            if (_links.GetValueOrDefault(link.Lent.Id) != link)
                return;
            link.IsConnecting = false;
            // Its stream was ended from here, and it is known why.
            if (link.Conduct.IsQuarantined)
                return;
            bool news = link.Session is not null || link.Problem != problem;
            fatal = CountLosses(link, problem);
            int tiles = EndSession(link);
            link.Problem = problem;
            if (news)
                _log.Lost(link.Lent.Id, link.Lent.Address, tiles, problem);
            foreach (var job in _jobs)
                DecideClass(job);
        }
        fatal?.SetProblem(TooManyFailures(fatal));
    }

    /// <summary>How long a worker is not to be dialled.</summary>
    internal TimeSpan QuarantineLeft(WorkerLink link)
    {
        lock (_lock)
            return link.Conduct.QuarantineLeft;
    }

    /// <summary>A worker has a tile no more, and no gradient came of it.</summary>
    /// <param name="isWrong">It was answered, with what cannot be right; otherwise the worker said that it could not.</param>
    private void Fail(Assignment assignment, string problem, bool isWrong)
    {
        var (tile, link) = (assignment.Tile, assignment.Session.Link);
        bool final = false;
        lock (_lock)
        {
            assignment.Core?.Dispose();
            assignment.Span?.SetStatus(ActivityStatusCode.Error, problem);
            if (!assignment.Session.Remove(assignment, _time.GetTimestamp(), out long laneTicks))
                return;
            Settle(assignment, Seconds(laneTicks));
            FarmMeter.TileFailed(tile.Job.Target.Network, isWrong ? "wrong" : "failed");
            link.TilesFailed++;
            link.Problem = problem;
            using var scope = _log.BeginScope(tile.Scope(link.Lent.Id));
            _log.TileFailed(link.Lent.Id, tile.ToString(), tile.Job.Target.JobId, problem);
            if (!tile.Done)
            {
                tile.Failures.Add(new TileFailure(link.Lent.Id, problem, _time.GetTimestamp()));
                final = HasFailedTooOften(tile);
                if (final)
                    CloseTile(tile);
                else
                    GiveBack(tile);
            }
            if (!isWrong)
                link.Conduct.Failed();
            else if (link.Conduct.Wrong())
                Quarantine(link, problem);
            PulseAll();
        }
        if (final)
            tile.SetProblem(TooManyFailures(tile));
    }

    private void Quarantine(WorkerLink link, string problem)
    {
        // With its stream goes what it said of its numerics class: afterwards it is probed again.
        link.Session?.BreakOff("it is quarantined");
        int tiles = EndSession(link);
        var until = link.Conduct.QuarantinedUntil!.Value;
        link.Problem = $"quarantined until {until.UtcDateTime:HH:mm:ss} UTC for wrong answers in a row, the last: {problem}";
        _log.Quarantined(link.Lent.Id, until, tiles, problem);
        foreach (var job in _jobs)
            DecideClass(job);
    }

    /// <summary>Ends the stream of a worker that renews its lease but keeps windows for ever: the tiles go to others, or to it once more.</summary>
    /// <returns>The tile that has thereby failed too often, closed; or null.</returns>
    private PendingTile? EndHanging(WorkerSession session)
    {
        PendingTile? fatal = null;
        string? problem = null;
        foreach (var (_, assignment) in session.Assignments)
        {
            var tile = assignment.Tile;
            var held = HeldFor(assignment);
            if (held < HangTime(tile))
                continue;
            problem ??= $"it has not answered the {tile} for {held.TotalSeconds:0} seconds";
            if (tile.Done || assignment.Sent && assignment.LaneSince is null)
                continue;
            tile.Failures.Add(new TileFailure(session.Link.Lent.Id, $"it did not answer within {held.TotalSeconds:0} seconds", _time.GetTimestamp()));
            if (fatal is null && HasFailedTooOften(tile))
                fatal = tile;
        }
        if (problem is null)
            return null;
        if (fatal is not null)
            CloseTile(fatal);
        session.BreakOff(problem);
        EndSession(session.Link);
        session.Link.Conduct.Failed();
        session.Link.Problem = problem;
        _log.Hangs(session.Link.Lent.Id, problem);
        return fatal;
    }

    /// <summary>How long a worker has had a window, as far as this process was running.</summary>
    private TimeSpan HeldFor(Assignment assignment) => _time.GetElapsedTime(Math.Max(assignment.Started, _runningSince));

    private TimeSpan HangTime(PendingTile tile)
    {
        var minimum = _options.HangMinimum;
        if (tile.Times.Usual(tile.WindowPixels) is not { } usual)
            return minimum * HangFactor;
        return usual * HangFactor > minimum.TotalSeconds ? TimeSpan.FromSeconds(usual * HangFactor) : minimum;
    }

    /// <summary>
    /// Counts the tiles that a worker may have been computing when its stream broke. A worker that is not lent any more, because it left
    /// or its lease lapsed, says nothing about its tiles.
    /// </summary>
    /// <returns>The oldest tile that has now been lost too often, closed; or null.</returns>
    private PendingTile? CountLosses(WorkerLink link, string problem)
    {
        if (link.Session is not { } session)
            return null;
        foreach (var job in _jobs)
        {
            bool computes = false;
            foreach (var (_, assignment) in session.Assignments)
                computes |= assignment is { LaneSince: not null, Tile.Done: false } && assignment.Tile.Job == job;
            if (!computes)
                job.Excuses++;
        }
        PendingTile? fatal = null;
        foreach (var assignment in session.Assignments.Values.OrderBy(assignment => assignment.Window).ToArray())
        {
            var tile = assignment.Tile;
            if (assignment.LaneSince is null || tile.Done)
                continue;
            if (tile.ExcusesBefore != tile.Job.Excuses)
                tile.Losses.Clear();
            tile.ExcusesBefore = tile.Job.Excuses;
            if (!tile.Losses.Exists(loss => loss.Worker == link.Lent.Id))
                tile.Losses.Add(new TileFailure(link.Lent.Id, $"it was lost while it computed the tile: {problem}", _time.GetTimestamp()));
            if (fatal is null && tile.Losses.Count >= MostLosses)
                CloseTile(fatal = tile);
        }
        return fatal;
    }

    /// <summary>Three different workers failed it; or it failed three times, and nobody is left who has not tried.</summary>
    private bool HasFailedTooOften(PendingTile tile)
    {
        if (tile.Failures.Count < MostFailures)
            return false;
        return tile.Failures.DistinctBy(failure => failure.Worker).Count() >= MostFailures || !CanOthersTry(tile);
    }

    private static GradientException TooManyFailures(PendingTile tile)
    {
        var all = tile.Failures.Concat(tile.Losses).ToArray();
        return new($"the {tile} failed {all.Length} times: {string.Join("; ", all.Select(failure => $"worker {failure.Worker}: {failure.Problem}"))}");
    }

    /// <summary>Takes all tiles of a worker that is not there any more.</summary>
    /// <returns>How many go to others.</returns>
    private int EndSession(WorkerLink link)
    {
        if (link.Session is not { } session)
            return 0;
        link.Session = null;
        int tiles = 0;
        // The oldest ends up at the front.
        foreach (var assignment in session.Assignments.Values.OrderByDescending(assignment => assignment.Window).ToArray())
        {
            assignment.Span?.SetStatus(ActivityStatusCode.Error, "the worker was lost");
            session.Remove(assignment, _time.GetTimestamp(), out long laneTicks);
            // How long the worker was not there any more is not the job's to pay for.
            Settle(assignment, Math.Min(Seconds(laneTicks), assignment.Expected));
            if (assignment.Tile.Done)
                continue;
            link.TilesFailed++;
            FarmMeter.TileFailed(assignment.Tile.Job.Target.Network, "lost");
            tiles++;
            GiveBack(assignment.Tile);
        }
        PulseAll();
        return tiles;
    }

    /// <summary>Puts a tile that a worker lost or failed to the front of the queue, unless another worker has it too.</summary>
    private static void GiveBack(PendingTile tile)
    {
        if (tile.Assignments.Count > 0)
            return;
        tile.Job.UnderWay.Remove(tile);
        tile.Job.Stragglers.Remove(tile);
        tile.Job.Queue.AddFirst(tile);
        tile.Waiting = Spans.Open(tile.Span, "queue");
    }
}
