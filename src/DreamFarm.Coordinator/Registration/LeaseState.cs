namespace DreamFarm.Coordinator;

/// <summary>What a heartbeat finds.</summary>
internal enum LeaseState
{
    /// <summary>The lease has lapsed or was never given: the worker has to register again.</summary>
    Unknown,

    /// <summary>The lease is renewed.</summary>
    Renewed,

    /// <summary>The lease is renewed, and the worker is to drain.</summary>
    Draining,
}
