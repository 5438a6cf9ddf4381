namespace DreamFarm.Coordinator;

/// <summary>What a band was told to start and reports when it is done.</summary>
internal enum BandEvent
{
    Opened,
    Loaded,
    Gradient,
    Ascended,
    Kept,
    Written,
    Released,
}
