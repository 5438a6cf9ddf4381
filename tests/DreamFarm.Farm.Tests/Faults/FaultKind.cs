namespace DreamFarm.Farm.Tests;

/// <summary>What can go wrong on a farm. Processes that end are started again when the fault is over.</summary>
internal enum FaultKind
{
    WorkerKilled,
    WorkerStopped,
    WorkerTerminated,
    CoordinatorKilled,
    CoordinatorStopped,
    CoordinatorTerminated,

    /// <summary>Between the coordinator and a worker's Compute stream.</summary>
    ComputeDropped,
    ComputeHeld,
    ComputeDelayed,
    ComputeTruncated,
    ComputeDamaged,

    /// <summary>Between the workers and the coordinator that they register with.</summary>
    RegistrationDropped,
    RegistrationHeld,
    RegistrationTruncated,

    /// <summary>Needs TLS: without, nothing there but TCP's own sum watches over bits.</summary>
    RegistrationDamaged,

    /// <summary>Between clients and the coordinator.</summary>
    ClientDropped,
    ClientDelayed,
    ClientTruncated,

    /// <summary>Needs TLS.</summary>
    ClientDamaged,

    /// <summary>The disk of the coordinator's data has no room.</summary>
    DiskFull,

    /// <summary>The coordinator's wall clock goes some hours forward or back.</summary>
    ClockJumped,
}
