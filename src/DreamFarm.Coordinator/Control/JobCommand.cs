namespace DreamFarm.Coordinator;

/// <summary>What can move a job from state to state; <see cref="JobMoves"/> says where to.</summary>
internal enum JobCommand
{
    /// <summary>By the queue: it is the job's turn.</summary>
    Start,

    /// <summary>By the queue: another job has a better claim on the place. Keeps a checkpoint.</summary>
    GiveWay,

    /// <summary>By a person: keep a checkpoint and free the workers.</summary>
    Pause,

    /// <summary>By a person: go on with a paused job.</summary>
    Resume,

    /// <summary>By a person: go on with workers of any numerics class, also where the job's own is gone.</summary>
    ResumeMixed,

    /// <summary>By a person: start a failed or cancelled job again, from its checkpoint.</summary>
    Retry,

    /// <summary>By a person: end it without a result.</summary>
    Cancel,

    /// <summary>By a person: forget it and its files.</summary>
    Delete,

    /// <summary>The process that ran it is gone, and the coordinator is back.</summary>
    Restart,

    /// <summary>Its run ended with a finished canvas.</summary>
    Complete,

    /// <summary>Its run ended as it was told to, or has kept a checkpoint and ended.</summary>
    Stop,

    /// <summary>Its run ended with a problem.</summary>
    Fail,
}
