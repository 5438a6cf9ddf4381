namespace DreamFarm.Coordinator;

/// <summary>The workers that a silo may use.</summary>
/// <param name="Version">Grows with every change.</param>
[GenerateSerializer, Immutable]
internal sealed record WorkerLoans(long Version, LentWorker[] Workers);
