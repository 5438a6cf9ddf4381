namespace DreamFarm.Coordinator;

/// <summary>A job as it is told to clients.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Job">A protobuf Job.</param>
[GenerateSerializer, Immutable]
internal sealed record JobView(long Version, byte[] Job);
