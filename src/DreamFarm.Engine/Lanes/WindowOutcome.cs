namespace DreamFarm.Engine;

/// <summary>What came of one window of a batch.</summary>
/// <param name="Result">Means something where there is no failure.</param>
/// <param name="Failure">Null where there is a result.</param>
internal readonly record struct WindowOutcome<T>(T Result, Exception? Failure);
