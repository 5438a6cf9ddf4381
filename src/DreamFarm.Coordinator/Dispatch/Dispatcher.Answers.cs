using System.Diagnostics;
using DreamFarm.Dreaming;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>What becomes of what workers say, and of tiles whose worker says nothing any more.</summary>
internal sealed partial class Dispatcher
{
    /// <summary>After this many failures in a row a worker rests, ever longer, so that a broken one does not see every tile first.</summary>
    private const int FailuresBeforeRest = 3;

    private const double LongestRestSeconds = 30;

    internal WorkerSession? BeginSession(WorkerLink link, Ready ready)
    {
        lock (_lock)
        {
            if (_links.GetValueOrDefault(link.Lent.Id) != link)
                return null;
            link.Session = new WorkerSession(link, ready);
            link.IsConnecting = false;
            link.Problem = "";
            DispatchLog.Connected(_logger, link.Lent.Id, link.Lent.Address, link.Session.Lanes, link.Session.Credit);
            return link.Session;
        }
    }

    /// <summary>The stream broke, or could not be opened.</summary>
    internal void Lost(WorkerLink link, string problem)
    {
        PendingTile? fatal;
        lock (_lock)
        {
            if (_links.GetValueOrDefault(link.Lent.Id) != link)
                return;
            bool news = link.Session is not null || link.Problem != problem;
            fatal = CountLosses(link, problem);
            int tiles = EndSession(link);
            link.IsConnecting = false;
            link.Problem = problem;
            if (news)
                DispatchLog.Lost(_logger, link.Lent.Id, link.Lent.Address, tiles, problem);
            foreach (var job in _jobs)
                DecideClass(job);
        }
        fatal?.SetProblem(TooManyFailures(fatal));
    }

    internal void Receive(WorkerSession session, ObjectiveReady reply)
    {
        lock (_lock)
        {
            foreach (var (job, known) in session.Jobs)
            {
                if (known.Question == reply.Id)
                {
                    if (reply.Problem.Length > 0)
                        Refuse(session, job, known, reply.Problem);
                    else if (job.Target.Mixed)
                        Accept(session, job, known, numericsClass: null);
                    return;
                }
                if (reply.Problem.Length == 0 || !known.Objectives.ContainsValue(reply.Id))
                    continue;
                // Should the worker change its mind it is told the octave's objective again.
                known.Objectives.Remove(known.Objectives.Single(objective => objective.Value == reply.Id).Key);
                session.Messages.Enqueue(Forget(reply.Id));
                Refuse(session, job, known, reply.Problem);
                session.Link.Pulse.Set();
                return;
            }
        }
    }

    internal void Receive(WorkerSession session, ProbeDone reply)
    {
        lock (_lock)
        {
            foreach (var (job, known) in session.Jobs)
            {
                if (known.Question != reply.Id)
                    continue;
                if (reply.Problem.Length > 0 || reply.Hash.Length == 0)
                    Refuse(session, job, known, reply.Problem.Length > 0 ? reply.Problem : "it answered the probe with nothing");
                else
                    Accept(session, job, known, reply.Hash);
                return;
            }
        }
    }

    internal void Receive(WorkerSession session, WindowFailed reply)
    {
        if (Find(session, reply.Window) is { } assignment)
            Fail(assignment, reply.Problem);
    }

    internal void Receive(WorkerSession session, CoreSlice slice)
    {
        if (Find(session, slice.Window) is not { } assignment)
            return;
        if (assignment.Tile.Done)
        {
            // Somebody else was faster. The rest of the core only tells when the worker is through with it.
            assignment.Core?.Dispose();
            if (slice.FirstRow + (long)slice.Rows >= assignment.Tile.Shape.CoreHeight)
                Drop(assignment);
            return;
        }
        FarmMeter.Received(slice.Data.Length);
        if (assignment.Core is null)
        {
            assignment.Core = new CoreAssembly(assignment.Tile.Shape);
            assignment.Receiving = Spans.Open(assignment.Span, "receive");
        }
        if (!assignment.Core.TryAdd(slice, out var problem))
            Fail(assignment, problem!);
        else if (assignment.Core.IsComplete)
            Finish(assignment, assignment.Core.Take());
    }

    /// <summary>The worker has a tile no more, without having answered: it was answered elsewhere before it was sent.</summary>
    internal void Drop(Assignment assignment)
    {
        lock (_lock)
        {
            assignment.Session.Remove(assignment);
            assignment.Session.Link.Pulse.Set();
        }
    }

    /// <summary>The window itself cannot be had; no worker is to blame.</summary>
    internal void FailCut(Assignment assignment, Exception problem)
    {
        lock (_lock)
        {
            assignment.Session.Remove(assignment);
            assignment.Session.Link.Pulse.Set();
            CloseTile(assignment.Tile);
        }
        assignment.Tile.SetProblem(problem);
    }

    private Assignment? Find(WorkerSession session, long window)
    {
        lock (_lock)
            return session.Assignments.GetValueOrDefault(window);
    }

    private void Finish(Assignment assignment, CoreGradient gradient)
    {
        var (tile, link) = (assignment.Tile, assignment.Session.Link);
        bool first;
        lock (_lock)
        {
            // A session that was ended has given its tiles back already.
            first = assignment.Session.Remove(assignment) && !tile.Done;
            if (first)
            {
                link.TilesDone++;
                link.FailuresInARow = 0;
                tile.Job.Answers++;
                tile.Job.Times.Add(_time.GetElapsedTime(assignment.Started).TotalSeconds, tile.WindowPixels);
                CloseTile(tile);
            }
            link.Pulse.Set();
        }
        if (first)
        {
            var taken = _time.GetElapsedTime(assignment.Started);
            FarmMeter.TileDone(tile.Job.Target.Network, taken);
            if (_logger.IsEnabled(LogLevel.Debug))
            {
                using var scope = _logger.BeginScope(tile.Scope(link.Lent.Id));
                DispatchLog.TileDone(_logger, link.Lent.Id, tile.ToString(), tile.Job.Target.JobId, taken.TotalSeconds);
            }
            tile.SetAnswer(gradient);
        }
        else
            gradient.Dispose();
    }

    private void Fail(Assignment assignment, string problem)
    {
        var (tile, link) = (assignment.Tile, assignment.Session.Link);
        bool final = false;
        lock (_lock)
        {
            assignment.Core?.Dispose();
            assignment.Span?.SetStatus(ActivityStatusCode.Error, problem);
            if (!assignment.Session.Remove(assignment))
                return;
            FarmMeter.TileFailed(tile.Job.Target.Network, "answer");
            link.TilesFailed++;
            link.Problem = problem;
            if (++link.FailuresInARow >= FailuresBeforeRest)
            {
                double rest = Math.Min(LongestRestSeconds, Math.Pow(2, link.FailuresInARow - FailuresBeforeRest));
                link.RestsUntil = _time.GetTimestamp() + (long)(rest * _time.TimestampFrequency);
            }
            using var scope = _logger.BeginScope(tile.Scope(link.Lent.Id));
            DispatchLog.TileFailed(_logger, link.Lent.Id, tile.ToString(), tile.Job.Target.JobId, problem);
            if (!tile.Done)
            {
                tile.Failures.Add((link.Lent.Id, problem));
                final = HasFailedTooOften(tile);
                if (final)
                    CloseTile(tile);
                else
                    GiveBack(tile);
            }
            PulseAll();
        }
        if (final)
            tile.SetProblem(TooManyFailures(tile));
    }

    /// <summary>
    /// Counts the tiles that a worker may have been computing when its stream broke: a window that ends every process that
    /// computes it must not be tried for ever. A worker that is not lent any more, because it left or its lease lapsed, says
    /// nothing about its tiles.
    /// </summary>
    /// <returns>The oldest tile that has now been lost or failed too often, closed; or null.</returns>
    private static PendingTile? CountLosses(WorkerLink link, string problem)
    {
        PendingTile? fatal = null;
        foreach (var assignment in link.Session?.Assignments.Values.OrderBy(assignment => assignment.Window).ToArray() ?? [])
        {
            var tile = assignment.Tile;
            if (!assignment.Sent || tile.Done)
                continue;
            if (tile.AnswersBeforeLosses != tile.Job.Answers)
                tile.Losses.Clear();
            tile.AnswersBeforeLosses = tile.Job.Answers;
            if (!tile.Losses.Exists(loss => loss.Worker == link.Lent.Id))
                tile.Losses.Add((link.Lent.Id, $"it was lost while it computed the tile: {problem}"));
            if (fatal is null && HasFailedTooOften(tile))
                CloseTile(fatal = tile);
        }
        return fatal;
    }

    private static bool HasFailedTooOften(PendingTile tile) => tile.Failures.Count + tile.Losses.Count >= MostFailures;

    private static GradientException TooManyFailures(PendingTile tile) => new(
        $"the {tile} failed {MostFailures} times: {string.Join("; ", tile.Failures.Concat(tile.Losses).Select(failure => $"worker {failure.Worker}: {failure.Problem}"))}");

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
            session.Remove(assignment);
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

    private void Accept(WorkerSession session, JobDispatch job, JobOnWorker known, string? numericsClass)
    {
        Settle(session, known);
        (known.Problem, known.NumericsClass) = (null, numericsClass);
        DecideClass(job);
        session.Link.Problem = job.NumericsClass is { } wanted && !job.Target.Mixed && numericsClass != wanted
            ? $"it computes with other bits (class {Short(numericsClass!)}) than job {job.Target.JobId} has begun with ({Short(wanted)})"
            : "";
        session.Link.Pulse.Set();
    }

    private void Refuse(WorkerSession session, JobDispatch job, JobOnWorker known, string problem)
    {
        if (known.Problem != problem)
            DispatchLog.CannotDo(_logger, session.Link.Lent.Id, job.Target.JobId, problem);
        Settle(session, known);
        known.Problem = session.Link.Problem = problem;
        DecideClass(job);
    }

    private static void Settle(WorkerSession session, JobOnWorker known)
    {
        known.Answered = true;
        if (known.Question == 0)
            return;
        session.Messages.Enqueue(Forget(known.Question));
        known.Question = 0;
        session.Link.Pulse.Set();
    }
}
