using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>Who gets what next.</summary>
internal sealed partial class Dispatcher
{
    /// <summary>What a worker is to be sent next: a message, or a tile whose window is to be cut; neither if there is nothing for it now.</summary>
    internal (ComputeRequest? Message, Assignment? Tile) Next(WorkerSession session)
    {
        lock (_lock)
        {
            if (session.Link.Session != session)
                return default;
            if (!session.Link.Lent.Draining)
            {
                foreach (var job in _jobs)
                {
                    if (!session.Jobs.ContainsKey(job))
                        Ask(session, job);
                }
            }
            if (session.Messages.TryDequeue(out var message))
                return (message, null);
            if (session.Link.Lent.Draining || session.Link.Conduct.IsResting || FindTile(session) is not { } tile)
                return default;

            var known = session.Jobs[tile.Job];
            if (!known.Objectives.TryGetValue(tile.Setup, out long objective))
            {
                Tell(session, known, tile.Setup);
                return (session.Messages.Dequeue(), null);
            }

            Take(tile, session);
            double expected = tile.Times.ExpectedLaneSeconds(tile.WindowPixels);
            tile.Job.Share.Take(expected);
            var assignment = new Assignment(tile, session, session.NewId(), objective, _time.GetTimestamp(), expected);
            session.Add(assignment);
            tile.BeginCut();
            return (null, assignment);
        }
    }

    /// <summary>The whole window is about to be on its way.</summary>
    internal void Arrive(Assignment assignment)
    {
        lock (_lock)
            assignment.Session.Arrived(assignment, _time.GetTimestamp());
    }

    /// <summary>The cut of a window is through, one way or the other.</summary>
    internal void EndCut(PendingTile tile)
    {
        lock (_lock)
            tile.EndCut();
    }

    /// <summary>The tile for this worker of the job that is next by <see cref="WorkerTimeShares"/>, or null.</summary>
    private PendingTile? FindTile(WorkerSession session)
    {
        JobDispatch? next = null;
        PendingTile? found = null;
        foreach (var job in _jobs)
        {
            if (next is not null && !job.Share.ComesBefore(next.Share))
                continue;
            if (session.CanDo(job) && FindTile(session, job) is { } tile)
                (next, found) = (job, tile);
        }
        // A large window waits for its credit rather than being overtaken by small ones for ever.
        return found is not null && session.HasRoomFor(found.WindowBytes) ? found : null;
    }

    private PendingTile? FindTile(WorkerSession session, JobDispatch job)
    {
        bool idle = session.Assignments.Count < session.Lanes;
        // The last tiles of a step are left to whoever is idle first: behind a busy lane they would wait for nothing.
        if (idle || job.Queue.Count > LanesOfOthers(session, job))
        {
            for (var node = job.Queue.First; node is not null; node = node.Next)
            {
                if (!IsBarred(session, node.Value))
                    return node.Value;
            }
        }
        if (!idle)
            return null;
        return job.Stragglers.FirstOrDefault(tile => tile.Assignments[0].Session != session && !IsBarred(session, tile));
    }

    /// <summary>A worker that failed a tile gets it again only if nobody else is left to try, and not at once.</summary>
    private bool IsBarred(WorkerSession session, PendingTile tile)
    {
        if (tile.Failures.Count == 0)
            return false;
        int last = tile.Failures.FindLastIndex(failure => failure.Worker == session.Link.Lent.Id);
        return last >= 0 && (_time.GetElapsedTime(tile.Failures[last].At) < _options.TryAgain || CanOthersTry(tile));
    }

    /// <summary>Whether somebody is there who can do the tile's job and has not failed the tile.</summary>
    private bool CanOthersTry(PendingTile tile) => _links.Values.Any(link =>
        !link.Lent.Draining && link.Session?.CanDo(tile.Job) == true && !tile.Failures.Exists(failure => failure.Worker == link.Lent.Id));

    private int LanesOfOthers(WorkerSession than, JobDispatch job)
    {
        int lanes = 0;
        foreach (var link in _links.Values)
        {
            if (!link.Lent.Draining && link.Session is { } session && session != than && session.CanDo(job))
                lanes += session.Lanes;
        }
        return lanes;
    }

    private void Take(PendingTile tile, WorkerSession session)
    {
        var job = tile.Job;
        if (job.UnderWay.Add(tile))
        {
            job.Queue.Remove(tile);
            Spans.Close(tile.Waiting);
            return;
        }
        job.Stragglers.Remove(tile);
        FarmMeter.TileDuplicated(job.Target.Network);
        using var scope = _log.BeginScope(tile.Scope(session.Link.Lent.Id));
        _log.Doubled(tile.Assignments[0].Session.Link.Lent.Id, tile.ToString(), job.Target.JobId, session.Link.Lent.Id);
    }

    /// <summary>Asks a worker whether it can do a job, and with what bits.</summary>
    private void Ask(WorkerSession session, JobDispatch job)
    {
        if (!session.Jobs.TryGetValue(job, out var known))
            session.Jobs.Add(job, known = new JobOnWorker());
        var target = job.Target;
        known.Asked = _time.GetTimestamp();
        if (session.MaxWindowPixels < target.LargestWindow.Pixels)
        {
            (known.Answered, known.TooSmall) = (true, true);
            known.Problem = $"it can hold windows of {session.MaxWindowPixels} pixels, the job's are up to {target.LargestWindow}";
            session.Link.Problem = known.Problem;
            return;
        }
        known.Question = session.NewId();
        session.Messages.Enqueue(Setup(known.Question, target.Setup(target.ProbeObjective, target.ProbeCanvas)));
        if (!target.Mixed)
            session.Messages.Enqueue(new ComputeRequest { Probe = new Probe { Id = known.Question, Objective = known.Question, Shape = WindowSlices.ToWire(target.ProbeShape) } });
    }

    /// <summary>Tells a worker what the next windows are computed with, and to forget what no window of the job is computed with any more.</summary>
    private static void Tell(WorkerSession session, JobOnWorker known, ObjectiveSetup setup)
    {
        foreach (var (old, id) in known.Objectives.ToArray())
        {
            if (session.Assignments.Values.Any(assignment => assignment.Objective == id))
                continue;
            known.Objectives.Remove(old);
            session.Messages.Enqueue(Forget(id));
        }
        long objective = session.NewId();
        known.Objectives.Add(setup, objective);
        session.Messages.Enqueue(Setup(objective, setup));
    }

    private static ComputeRequest Setup(long id, ObjectiveSetup setup) => new() { Objective = new ObjectiveSetup(setup) { Id = id } };

    /// <summary>Looks for tiles that take too long, jobs that have waited enough for probes, and workers that hang or are to be asked again.</summary>
    private void Sweep()
    {
        List<PendingTile>? fatal = null;
        lock (_lock)
        {
            // Who was stopped himself knows nothing of what others did meanwhile.
            if (_time.GetElapsedTime(_swept) > _options.SweepPeriod * 20)
                _runningSince = _time.GetTimestamp();
            _swept = _time.GetTimestamp();
            foreach (var job in _jobs)
            {
                DecideClass(job);
                job.Stragglers.Clear();
                job.Stragglers.AddRange(job.UnderWay.Where(Straggles));
                // A tile that failed is at the front; somebody may try it again by now.
                if (job.Stragglers.Count > 0 || job.Queue.First?.Value.Failures.Count > 0)
                    PulseAll();
            }
            foreach (var session in _links.Values.Select(link => link.Session).OfType<WorkerSession>().ToArray())
            {
                if (EndHanging(session) is { } tile)
                    (fatal ??= []).Add(tile);
                foreach (var (job, known) in session.Jobs)
                {
                    if (known.Problem is null || known.TooSmall || known.Question != 0 || _time.GetElapsedTime(known.Asked) < _options.AskAgain)
                        continue;
                    Ask(session, job);
                    session.Link.Pulse.Set();
                }
                if (session.Link.Conduct.EndRest())
                    session.Link.Pulse.Set();
            }
        }
        fatal?.ForEach(tile => tile.SetProblem(TooManyFailures(tile)));
    }

    private bool Straggles(PendingTile tile)
    {
        if (tile.Assignments.Count != 1 || tile.Times.Usual(tile.WindowPixels) is not { } usual)
            return false;
        double age = _time.GetElapsedTime(tile.Assignments[0].Started).TotalSeconds;
        return age >= _options.StragglerMinimum.TotalSeconds && age >= 3 * usual;
    }

    /// <summary>
    /// Takes the numerics class with the most lanes once every worker that is there has answered, or patience is over. Of
    /// equals the class whose hash sorts first, so that it is not chance.
    /// </summary>
    private void DecideClass(JobDispatch job)
    {
        if (job.NumericsClass is not null || job.Target.Mixed)
            return;
        var sessions = _links.Values.Where(link => !link.Lent.Draining).Select(link => link.Session).OfType<WorkerSession>().ToArray();
        var answers = sessions.Where(session => session.Jobs.GetValueOrDefault(job) is { NumericsClass: not null, Problem: null }).ToArray();
        if (answers.Length == 0)
            return;
        job.FirstProbe ??= _time.GetTimestamp();
        bool others = _links.Values.Any(link => !link.Lent.Draining && link.IsConnecting)
            || sessions.Any(session => session.Jobs.GetValueOrDefault(job) is not { Answered: true });
        if (others && _time.GetElapsedTime(job.FirstProbe.Value) < _options.ClassPatience)
            return;

        var taken = answers
            .GroupBy(session => session.Jobs[job].NumericsClass!)
            .OrderByDescending(group => group.Sum(session => session.Lanes))
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .First();
        job.NumericsClass = taken.Key;
        // Those who answered before the class was taken have not heard yet that it is not theirs.
        foreach (var session in answers.Except(taken))
            session.Link.Problem = FindDifference(job, session.Jobs[job]);
        _log.ClassTaken(job.Target.JobId, taken.Key, taken.Sum(session => session.Lanes), taken.Count());
        PulseAll();
    }
}
