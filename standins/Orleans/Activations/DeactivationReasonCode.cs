namespace Orleans;

/// <summary>Why a grain is deactivated.</summary>
[GenerateSerializer]
public enum DeactivationReasonCode : byte
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The host stops.</summary>
    ShuttingDown,

    /// <summary>OnActivateAsync or the constructor failed.</summary>
    ActivationFailed,

    /// <summary>The grain directory failed; not with a single silo.</summary>
    DirectoryFailure,

    /// <summary>No calls for longer than the collection age.</summary>
    ActivationIdle,

    /// <summary>A call took too long.</summary>
    ActivationUnresponsive,

    /// <summary>Active elsewhere; not with a single silo.</summary>
    DuplicateActivation,

    /// <summary>A call of another version; not with a single silo.</summary>
    IncompatibleRequest,

    /// <summary>The grain failed.</summary>
    ApplicationError,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested,

    /// <summary>Moves elsewhere; not with a single silo.</summary>
    Migrating,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested,

    /// <summary>Memory is short.</summary>
    HighMemoryPressure,
}
