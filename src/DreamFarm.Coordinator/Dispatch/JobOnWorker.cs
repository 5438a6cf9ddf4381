using DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>What one open stream knows of one job. Guarded by the dispatcher's lock.</summary>
internal sealed class JobOnWorker
{
    /// <summary>Ids of what the worker has been told to compute windows with; the messages themselves are without an id.</summary>
    public Dictionary<ObjectiveSetup, long> Objectives { get; } = [];

    /// <summary>Objective of the latest question whether the worker can do the job; 0 when it has been forgotten again.</summary>
    public long Question { get; set; }

    /// <summary>When it was asked, in the time provider's ticks.</summary>
    public long Asked { get; set; }

    /// <summary>It has said that it can or cannot do the job.</summary>
    public bool Answered { get; set; }

    /// <summary>The hash of the probe; null before the answer and in mixed jobs.</summary>
    public string? NumericsClass { get; set; }

    /// <summary>Why it cannot do the job; null if it can.</summary>
    public string? Problem { get; set; }

    /// <summary>Its largest window is too small, which no second question changes.</summary>
    public bool TooSmall { get; set; }
}
