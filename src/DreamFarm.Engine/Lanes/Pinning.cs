namespace DreamFarm.Engine;

/// <summary>Whether each lane keeps to a processor of its own.</summary>
public enum Pinning
{
    /// <summary>
    /// Where there is a lane for every processor that the process may use, and nowhere else: lanes that leave processors
    /// free might share one with another process's while the rest idle.
    /// </summary>
    Automatic,

    /// <summary>Lane i keeps to the i-th processor that the process may use; for a process that has its processors to itself.</summary>
    On,

    /// <summary>The system places lanes.</summary>
    Off,
}
