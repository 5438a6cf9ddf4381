namespace DreamFarm.Coordinator;

/// <summary>A worker that could not compute a tile.</summary>
/// <param name="Worker">Its id.</param>
/// <param name="Problem">Its words, or what was wrong with its answer.</param>
/// <param name="At">When, in the time provider's ticks.</param>
internal readonly record struct TileFailure(string Worker, string Problem, long At);
