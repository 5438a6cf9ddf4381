using DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>One open stream to a worker. Guarded by the dispatcher's lock.</summary>
internal sealed class WorkerSession(WorkerLink link, Ready ready)
{
    private long _lastId;

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

    public long NewId() => ++_lastId;

    public bool HasRoomFor(long bytes) => Assignments.Count < MostWindows && (BytesUnderWay == 0 || BytesUnderWay + bytes <= Credit);

    public void Add(Assignment assignment)
    {
        Assignments.Add(assignment.Window, assignment);
        BytesUnderWay += assignment.Tile.WindowBytes;
        assignment.Tile.Assignments.Add(assignment);
    }

    /// <returns>False if it was removed before.</returns>
    public bool Remove(Assignment assignment)
    {
        if (!Assignments.Remove(assignment.Window))
            return false;
        BytesUnderWay -= assignment.Tile.WindowBytes;
        assignment.Tile.Assignments.Remove(assignment);
        assignment.EndSpans();
        return true;
    }

    /// <summary>Whether the worker computes a job's tiles with the bits that the job wants.</summary>
    public bool CanDo(JobDispatch job) =>
        Jobs.TryGetValue(job, out var known) && known is { Answered: true, Problem: null }
        && (job.Target.Mixed || job.NumericsClass is { } wanted && known.NumericsClass == wanted);
}
