using DreamFarm.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// Gives the tiles of all jobs in this silo to the workers that are lent to it, and their gradients back. Workers pull:
/// <code>
///   ComputeAsync ──▶ job's queue ──1 pick──▶ 2 cut ──▶ 3 write slices ═════▶ worker
///        ▲             ▲  ▲                                                     │
///        │             │  └── lost, wrong: back to the front                    │
///        │             └───── slow: a second worker may have it too             ▼
///        └──────────────────5 the first whole core answers ◀──4 read slices ════╝
/// </code>
/// Each worker has one task for 1 and 2, one for 3 and one for 4 (<see cref="WorkerLink"/>), so that a worker that
/// stopped reading holds up nobody else. Everything that tasks share is guarded by one lock, under which nothing waits
/// and no pixel is touched.
/// </summary>
internal sealed partial class Dispatcher : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WorkerLink> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkerConduct> _conducts = new(StringComparer.Ordinal);
    private readonly List<JobDispatch> _jobs = [];
    private readonly WorkerTimeShares _shares = new();
    private readonly List<Task> _ending = [];
    private readonly DispatchOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Dispatcher> _log;
    private readonly ITimer _sweep;
    private long _swept, _runningSince;
    private bool _disposed;

    public Dispatcher(DispatchOptions options, TimeProvider time, ILogger<Dispatcher> log)
    {
        _options = options;
        _time = time;
        _log = log;
        _swept = _runningSince = time.GetTimestamp();
        _sweep = time.CreateTimer(_ => Sweep(), null, options.SweepPeriod, options.SweepPeriod);
    }

    internal DispatchOptions Options => _options;

    internal TimeProvider Time => _time;

    /// <summary>The workers that are lent from now on. Tiles of those that are not among them any more go to others at once.</summary>
    public void SetWorkers(IReadOnlyList<LentWorker> workers)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var lent = workers.ToDictionary(worker => worker.Id, StringComparer.Ordinal);
            foreach (var link in _links.Values.ToArray())
            {
                if (lent.TryGetValue(link.Lent.Id, out var same) && same.Address == link.Lent.Address)
                    link.Lent = same;
                else
                    Remove(link);
            }
            foreach (var worker in workers.Where(worker => !_links.ContainsKey(worker.Id)))
            {
                if (!_conducts.TryGetValue(worker.Id, out var conduct))
                    _conducts.Add(worker.Id, conduct = new WorkerConduct(_options, _time));
                var link = new WorkerLink(this, worker, conduct);
                _links.Add(worker.Id, link);
                link.Start();
            }
            foreach (string id in _conducts.Keys.Where(id => !_links.ContainsKey(id) && !_conducts[id].IsRecorded).ToArray())
                _conducts.Remove(id);
            foreach (var job in _jobs)
                DecideClass(job);
            PulseAll();
        }
    }

    /// <summary>Opens a job's way to the workers; it asks them at once whether they can do it.</summary>
    public JobDispatch Open(JobTarget target)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var job = new JobDispatch(this, target, _shares.Join(target.JobId, target.Owner, target.Priority));
            _jobs.Add(job);
            PulseAll();
            return job;
        }
    }

    /// <summary>What every lent worker has done and is doing.</summary>
    public IReadOnlyList<WorkerStatistics> Snapshot()
    {
        lock (_lock)
            return [.. _links.Values.Select(link => new WorkerStatistics(
                link.Lent.Id, link.Session is not null, link.TilesDone, link.Session?.Assignments.Count ?? 0, link.TilesFailed, link.Problem,
                link.Conduct.IsQuarantined ? link.Conduct.QuarantinedUntil : null))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        Task[] ending;
        lock (_lock)
        {
            _disposed = true;
            foreach (var job in _jobs.ToArray())
                CloseLocked(job);
            foreach (var link in _links.Values.ToArray())
                Remove(link);
            ending = [.. _ending];
        }
        await Task.WhenAll(ending);
    }

    internal void Enqueue(PendingTile tile)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(tile.Job.Closed, tile.Job);
            tile.Job.Queue.AddLast(tile);
            tile.Job.Share.Want();
            PulseAll();
        }
    }

    /// <summary>The caller waits no more. What workers have of the tile comes back in vain.</summary>
    internal void Withdraw(PendingTile tile, CancellationToken cancellation)
    {
        lock (_lock)
            CloseTile(tile);
        tile.SetCanceled(cancellation);
    }

    internal Task StopCuttingAsync(PendingTile tile)
    {
        Task? cuts;
        lock (_lock)
            cuts = tile.WaitForCuts();
        if (cuts is null)
            return Task.CompletedTask;
        tile.StopCutting();
        return cuts;
    }

    internal void Close(JobDispatch job)
    {
        lock (_lock)
            CloseLocked(job);
    }

    /// <summary>Why no tile of a job can be given to anybody, or null.</summary>
    internal string? FindObstacle(JobDispatch job)
    {
        lock (_lock)
        {
            if (_links.Count == 0)
                return "no worker is registered";
            var willing = _links.Values.Where(link => !link.Lent.Draining).ToArray();
            if (willing.Length == 0)
                return "every worker is draining";
            var trusted = willing.Where(link => !link.Conduct.IsQuarantined).ToArray();
            if (trusted.Length == 0)
                return $"every worker is quarantined: {willing[0].Lent.Id} is {willing[0].Problem}";
            willing = trusted;
            if (willing.Any(link => link.IsConnecting))
                return null;
            var sessions = willing.Select(link => link.Session).OfType<WorkerSession>().ToArray();
            if (sessions.Length == 0)
                return $"no worker can be reached: {willing[0].Lent.Id} at {willing[0].Lent.Address}: {willing[0].Problem}";

            var known = sessions.Select(session => (Session: session, Job: session.Jobs.GetValueOrDefault(job))).ToArray();
            if (known.Any(each => each.Session.CanDo(job)))
                return FindDelay(job);
            var silent = known.Where(each => each.Job is not { Answered: true }).ToArray();
            if (silent.Length > 0)
            {
                return silent.All(each => each.Job is { } asked && _time.GetElapsedTime(asked.Asked) > _options.ClassPatience)
                    ? $"worker {silent[0].Session.Link.Lent.Id} has not answered yet how it computes the job's windows"
                    : null;
            }
            if (known.All(each => each.Job!.TooSmall))
                return $"no worker can hold windows of {job.Target.LargestWindow} pixels";
            if (known.All(each => each.Job!.Problem is not null))
            {
                var (session, told) = known.First(each => !each.Job!.TooSmall);
                return $"no worker can do the job; worker {session.Link.Lent.Id} says: {told!.Problem}";
            }
            return job.NumericsClass is null
                ? null
                : $"no worker of the job's numerics class {Short(job.NumericsClass)} is there, only others: `dreamfarm jobs resume {job.Target.JobId} --mixed` lets those go on";
        }
    }

    /// <summary>Says who keeps a job's tiles, if all that are under way are overdue; otherwise null.</summary>
    private string? FindDelay(JobDispatch job)
    {
        Assignment? longest = null;
        foreach (var tile in job.UnderWay)
        {
            var youngest = tile.Assignments[^1];
            var held = HeldFor(youngest);
            bool late = tile.Times.Usual(tile.WindowPixels) is { } common
                ? held.TotalSeconds > Math.Max(5 * _options.StragglerMinimum.TotalSeconds, 3 * common)
                : held > _options.HangMinimum;
            if (!late)
                return null;
            if (longest is null || youngest.Started < longest.Started)
                longest = youngest;
        }
        if (longest is null)
            return null;
        string usual = longest.Tile.Times.Usual(longest.Tile.WindowPixels) is { } seconds ? $"; such tiles take about {seconds:0.#} seconds" : "";
        return $"worker {longest.Session.Link.Lent.Id} has not answered the {longest.Tile} for {HeldFor(longest).TotalSeconds:0} seconds{usual}";
    }

    /// <summary>How many workers hold tiles of a job.</summary>
    internal int CountWorkers(JobDispatch job)
    {
        lock (_lock)
            return job.UnderWay.SelectMany(tile => tile.Assignments).Select(assignment => assignment.Session).Distinct().Count();
    }

    internal static string Short(string hash) => hash.Length > 8 ? hash[..8] : hash;

    private void PulseAll()
    {
        foreach (var link in _links.Values)
            link.Pulse.Set();
    }

    private void Remove(WorkerLink link)
    {
        _links.Remove(link.Lent.Id);
        int tiles = EndSession(link);
        _log.Gone(link.Lent.Id, tiles);
        _ending.RemoveAll(task => task.IsCompleted);
        _ending.Add(link.StopAsync());
    }

    private void CloseLocked(JobDispatch job)
    {
        if (job.Closed)
            return;
        job.Closed = true;
        _jobs.Remove(job);
        foreach (var tile in job.Queue.Concat(job.UnderWay).ToArray())
        {
            CloseTile(tile);
            tile.SetCanceled(new CancellationToken(canceled: true));
        }
        _shares.Leave(job.Share);
        foreach (var session in _links.Values.Select(link => link.Session).OfType<WorkerSession>())
        {
            if (!session.Jobs.Remove(job, out var known))
                continue;
            foreach (long id in known.Objectives.Values.Append(known.Question).Where(id => id != 0))
                session.Messages.Enqueue(Forget(id));
            session.Link.Pulse.Set();
        }
    }

    /// <summary>Takes a tile out of its job: nobody waits for it any more.</summary>
    private static void CloseTile(PendingTile tile)
    {
        if (tile.Done)
            return;
        tile.Close();
        if (tile.Job.UnderWay.Remove(tile))
            tile.Job.Stragglers.Remove(tile);
        else
            tile.Job.Queue.Remove(tile);
        tile.Job.Share.Unwant();
    }

    private static ComputeRequest Forget(long objective) => new() { Objective = new ObjectiveSetup { Id = objective, Forget = true } };
}
