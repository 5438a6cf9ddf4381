namespace DreamFarm.Coordinator;

/// <summary>What one silo's dispatcher has seen of a worker since it was lent to it.</summary>
/// <param name="Reachable">Its stream is open.</param>
/// <param name="TilesDone">Cores it has answered with that were used.</param>
/// <param name="TilesHeld">Tiles it holds now.</param>
/// <param name="TilesFailed">Tiles that it failed, lost or got wrong.</param>
/// <param name="Problem">The last thing that went wrong with it, or why it is given no work; empty otherwise.</param>
/// <param name="QuarantinedUntil">It answered wrongly several times in a row and is left alone until then; null if not.</param>
[GenerateSerializer, Immutable]
internal sealed record WorkerStatistics(string Id, bool Reachable, long TilesDone, int TilesHeld, long TilesFailed, string Problem,
    DateTimeOffset? QuarantinedUntil);
