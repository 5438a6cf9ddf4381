namespace DreamFarm.Coordinator;

/// <summary>How long a write waits for a database that is away or full.</summary>
internal enum StorePatience
{
    /// <summary>Some seconds if it is away, not at all if it is full: somebody waits for the answer and can ask again.</summary>
    Short,

    /// <summary>Until it is back or has room again: what happened has happened, and must be written down.</summary>
    Endless,
}
