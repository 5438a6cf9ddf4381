namespace DreamFarm.Coordinator;

/// <summary>A worker as it registers.</summary>
/// <param name="Address">"HOST:PORT" to dial back.</param>
/// <param name="Access">How to dial there.</param>
[GenerateSerializer, Immutable]
internal sealed record WorkerRegistration(string Id, string Address, string Device, string DeviceName, int Lanes, long MaxWindowPixels, string Version, WorkerAccess Access);
