using Orleans;

namespace DreamFarm.Coordinator;

/// <summary>What one silo's dispatcher has seen of a worker since it was lent to it.</summary>
/// <param name="Problem">The last thing that went wrong with it, or why it is given no work; empty otherwise.</param>
[GenerateSerializer, Immutable]
internal sealed record WorkerCounts(string Id, bool Reachable, long TilesDone, int TilesHeld, long TilesFailed, string Problem);
