using DreamFarm.Dreaming;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>What becomes of what workers say.</summary>
internal sealed partial class Dispatcher
{
    internal WorkerSession? BeginSession(WorkerLink link, Ready ready)
    {
        lock (_lock)
        {
            if (_links.GetValueOrDefault(link.Lent.Id) != link)
                return null;
            link.Session = new WorkerSession(link, ready);
            link.IsConnecting = false;
            link.Problem = "";
            _log.Connected(link.Lent.Id, link.Lent.Address, link.Session.Lanes, link.Session.Credit);
            return link.Session;
        }
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
            Fail(assignment, reply.Problem, isWrong: false);
    }

    internal void Receive(WorkerSession session, CoreSlice slice)
    {
        if (Find(session, slice.Window) is not { } assignment)
        {
            // The rest of a core that was given up; or a slice of which nobody knows whose it is, and who waits for it in vain.
            if (!slice.IsIntact())
                throw new RpcException(new Status(StatusCode.DataLoss, "a core's slice was damaged on its way"));
            return;
        }
        if (assignment.Tile.Done)
        {
            // Somebody else was faster. The rest of the core only tells when the worker is through with it.
            assignment.Core?.Dispose();
            if (slice.FirstRow + (long)slice.Rows >= assignment.Tile.Shape.CoreHeight)
                Drop(assignment, slice.IsIntact() ? slice.LaneSeconds : 0);
            return;
        }
        if (assignment.Tile is not PendingGradient tile)
        {
            Fail(assignment, "it answered with a gradient where channels' sums were asked for", isWrong: true);
            return;
        }
        FarmMeter.Received(slice.Data.Length);
        if (assignment.Core is null)
        {
            assignment.Core = new CoreAssembly(assignment.Tile.Shape);
            assignment.Receiving = Spans.Open(assignment.Span, "receive");
        }
        if (!assignment.Core.TryAdd(slice, out var problem))
            Fail(assignment, problem!, isWrong: true);
        else if (assignment.Core.IsComplete)
            Finish(assignment, tile, assignment.Core.Take(), assignment.Core.LaneSeconds);
    }

    internal void Receive(WorkerSession session, ChannelSums reply)
    {
        if (Find(session, reply.Window) is not { } assignment)
            return;
        if (assignment.Tile.Done)
            Drop(assignment, reply.LaneSeconds);
        else if (assignment.Tile is not PendingSums tile)
            Fail(assignment, "it answered with channels' sums where a gradient was asked for", isWrong: true);
        else if (tile.FindProblem(reply.Sums) is { } problem)
            Fail(assignment, problem, isWrong: true);
        else
            Finish(assignment, tile, [.. reply.Sums], reply.LaneSeconds);
    }

    /// <summary>The worker has a tile no more that was answered elsewhere: before it was sent here, or before the answer from here.</summary>
    /// <param name="told">Seconds that the worker says it occupied a lane; 0 if it says nothing.</param>
    internal void Drop(Assignment assignment, double told = 0)
    {
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            if (assignment.Session.Remove(assignment, now, out long laneTicks))
                Settle(assignment, LaneSeconds(assignment, now, laneTicks, told));
            assignment.Session.Link.Pulse.Set();
        }
    }

    /// <summary>The window itself cannot be had; no worker is to blame.</summary>
    internal void FailCut(Assignment assignment, Exception problem)
    {
        lock (_lock)
        {
            if (assignment.Session.Remove(assignment, _time.GetTimestamp(), out long laneTicks))
                Settle(assignment, Seconds(laneTicks));
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

    private void Finish<T>(Assignment assignment, PendingAnswer<T> tile, T answer, double told)
        where T : class
    {
        var link = assignment.Session.Link;
        bool first = false;
        lock (_lock)
        {
            // A session that was ended has given its tiles back already.
            long now = _time.GetTimestamp();
            if (assignment.Session.Remove(assignment, now, out long laneTicks))
            {
                double laneSeconds = LaneSeconds(assignment, now, laneTicks, told);
                Settle(assignment, laneSeconds);
                first = !tile.Done;
                if (first)
                {
                    link.TilesDone++;
                    link.Conduct.Right();
                    tile.Job.Excuses++;
                    tile.Times.Add(_time.GetElapsedTime(assignment.Started).TotalSeconds, laneSeconds, tile.WindowPixels);
                    CloseTile(tile);
                }
            }
            link.Pulse.Set();
        }
        if (first)
        {
            var taken = _time.GetElapsedTime(assignment.Started);
            FarmMeter.TileDone(tile.Job.Target.Network, taken);
            if (_log.IsEnabled(LogLevel.Debug))
            {
                using var scope = _log.BeginScope(tile.Scope(link.Lent.Id));
                _log.TileDone(link.Lent.Id, tile.ToString(), tile.Job.Target.JobId, taken.TotalSeconds);
            }
            first = tile.TrySetAnswer(answer);
        }
        if (!first)
            (answer as IDisposable)?.Dispose();
    }

    /// <summary>Corrects what a job was charged for a tile when it was taken.</summary>
    private static void Settle(Assignment assignment, double laneSeconds) =>
        assignment.Tile.Job.Share.Correct(laneSeconds - assignment.Expected);

    /// <summary>
    /// What a tile is charged for: what the worker says, who alone knows which part of the time was the way there and back. It is
    /// believed as far as it can be, which is no more than the time between sending the window and having its core.
    /// </summary>
    private double LaneSeconds(Assignment assignment, long now, long laneTicks, double told)
    {
        if (assignment.SentAt is not { } sent || !double.IsFinite(told) || told <= 0)
            return Seconds(laneTicks);
        return Math.Min(told, Seconds(now - sent));
    }

    private double Seconds(long ticks) => ticks / (double)_time.TimestampFrequency;

    private void Accept(WorkerSession session, JobDispatch job, JobOnWorker known, string? numericsClass)
    {
        Settle(session, known);
        (known.Problem, known.NumericsClass) = (null, numericsClass);
        DecideClass(job);
        session.Link.Problem = FindDifference(job, known);
        session.Link.Pulse.Set();
    }

    /// <summary>Why a worker gets no tile of a job although it can do it; empty if it gets some.</summary>
    private static string FindDifference(JobDispatch job, JobOnWorker known) =>
        job.NumericsClass is { } wanted && !job.Target.Mixed && known.NumericsClass is { } own && own != wanted
            ? $"it computes with other bits (class {Short(own)}) than job {job.Target.JobId} has begun with ({Short(wanted)})"
            : "";

    private void Refuse(WorkerSession session, JobDispatch job, JobOnWorker known, string problem)
    {
        if (known.Problem != problem)
            _log.CannotDo(session.Link.Lent.Id, job.Target.JobId, problem);
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
