using DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>One open stream to a worker. Guarded by the dispatcher's lock.</summary>
internal sealed class WorkerSession(WorkerLink link, Ready ready)
{
    private readonly TaskCompletionSource<string> _brokenOff = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastId;
    private int _lanesTaken;

    public WorkerLink Link { get; } = link;

    public int Lanes { get; } = Math.Max(1, ready.Lanes);

    public long MaxWindowPixels { get; } = ready.MaxWindowPixels;

    /// <summary>Windows under way by id; also those whose tile somebody else has answered meanwhile.</summary>
    public Dictionary<long, Assignment> Assignments { get; } = [];

    /// <summary>Their bytes.</summary>
    public long BytesUnderWay { get; private set; }

    /// <summary>Objectives, probes and forgets that wait to be written.</summary>
    public Queue<ComputeRequest> Messages { get; } = [];

    public Dictionary<JobDispatch, JobOnWorker> Jobs { get; } = [];

    /// <summary>Window bytes that may be under way.</summary>
    public long Credit { get; } = ready.CreditBytes;

    /// <summary>One window in each lane, and one waiting behind it so that no lane is ever idle for the wire's sake.</summary>
    public int MostWindows => 2 * Lanes;

    /// <summary>Completes with the reason if the stream is to be ended.</summary>
    public Task<string> BrokenOff => _brokenOff.Task;

    public long NewId() => ++_lastId;

    /// <summary>Ends the stream; the worker is dialled again.</summary>
    /// <param name="why">One sentence.</param>
    public void BreakOff(string why) => _brokenOff.TrySetResult(why);

    public bool HasRoomFor(long bytes) => Assignments.Count < MostWindows && (BytesUnderWay == 0 || BytesUnderWay + bytes <= Credit);

    public void Add(Assignment assignment)
    {
        Assignments.Add(assignment.Window, assignment);
        BytesUnderWay += assignment.Tile.WindowBytes;
        assignment.Tile.Assignments.Add(assignment);
    }

    /// <summary>
    /// The worker has the whole window. Which windows are in its lanes it does not say, but it takes them in the order in which they
    /// come: as many as it has lanes are in one, the others wait.
    /// </summary>
    public void Arrived(Assignment assignment, long now)
    {
        assignment.SentAt = now;
        if (_lanesTaken == Lanes || !Assignments.ContainsKey(assignment.Window))
            return;
        _lanesTaken++;
        assignment.LaneSince = now;
    }

    /// <param name="now">In the time provider's ticks.</param>
    /// <param name="laneTicks">How long it seems to have occupied a lane, its way to there and back included.</param>
    /// <returns>False if it was removed before.</returns>
    public bool Remove(Assignment assignment, long now, out long laneTicks)
    {
        laneTicks = 0;
        if (!Assignments.Remove(assignment.Window))
            return false;
        BytesUnderWay -= assignment.Tile.WindowBytes;
        assignment.Tile.Assignments.Remove(assignment);
        assignment.EndSpans();
        if (assignment.LaneSince is { } since)
        {
            laneTicks = now - since;
            _lanesTaken--;
            // The one that has waited longest follows it.
            if (FirstWaiting() is { } next)
            {
                next.LaneSince = now;
                _lanesTaken++;
            }
        }
        else if (assignment.Sent && Newest() is { LaneSince: { } others } other)
        {
            // It was in a lane after all, so another one was not: they change places.
            laneTicks = now - others;
            other.LaneSince = now;
        }
        return true;
    }

    private Assignment? FirstWaiting()
    {
        Assignment? first = null;
        foreach (var (_, each) in Assignments)
        {
            if (each is { Sent: true, LaneSince: null } && (first is null || each.Window < first.Window))
                first = each;
        }
        return first;
    }

    /// <summary>The one that came into its lane last.</summary>
    private Assignment? Newest()
    {
        Assignment? newest = null;
        foreach (var (_, each) in Assignments)
        {
            if (each.LaneSince is { } since && (newest is null || since > newest.LaneSince))
                newest = each;
        }
        return newest;
    }

    /// <summary>Whether the worker computes a job's tiles with the bits that the job wants.</summary>
    public bool CanDo(JobDispatch job) =>
        Jobs.TryGetValue(job, out var known) && known is { Answered: true, Problem: null }
        && (job.Target.Mixed || job.NumericsClass is { } wanted && known.NumericsClass == wanted);
}
