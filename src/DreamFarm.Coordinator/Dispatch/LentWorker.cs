namespace DreamFarm.Coordinator;

/// <summary>A worker whose time is lent to a silo's dispatcher. A single silo has all of its time.</summary>
/// <param name="Id">The id that the worker registered with.</param>
/// <param name="Address">"HOST:PORT" to dial.</param>
/// <param name="Draining">It finishes what it holds and is given no more.</param>
/// <param name="Access">How to dial there; null for plain HTTP without a secret.</param>
[GenerateSerializer, Immutable]
internal sealed record LentWorker(string Id, string Address, bool Draining = false, WorkerAccess? Access = null);
