using Orleans;

namespace DreamFarm.Coordinator;

/// <summary>A worker that a silo may use. A single silo may use all of a worker's credit.</summary>
[GenerateSerializer, Immutable]
internal sealed record WorkerLoan(string Id, string Address, bool Draining);
