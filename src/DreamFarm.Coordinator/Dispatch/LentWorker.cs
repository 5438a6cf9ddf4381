namespace DreamFarm.Coordinator;

/// <summary>A worker whose time is lent to this silo's dispatcher.</summary>
/// <param name="Id">The id that the worker registered with.</param>
/// <param name="Address">"HOST:PORT" to dial.</param>
/// <param name="CreditBytes">Window bytes that this dispatcher may have under way there; null for all that the worker announces.</param>
/// <param name="Draining">It finishes what it holds and is given no more.</param>
internal sealed record LentWorker(string Id, string Address, long? CreditBytes = null, bool Draining = false);
