namespace DreamFarm.Coordinator;

/// <summary>What a band was told to start and reports when it is done.</summary>
internal enum BandEvent
{
    Opened,
    Loaded,

    /// <summary>Channels, over its tiles.</summary>
    Summed,
    Gradient,

    /// <summary>The first time in a step.</summary>
    Measured,

    /// <summary>With what the first time has shown.</summary>
    MeasuredAgain,
    Ascended,
    Kept,
    Written,
    Released,
}
