namespace DreamFarm.Coordinator;

/// <summary>A job has started, or had started before.</summary>
/// <param name="MegapixelSteps">The work that was left of it then.</param>
[GenerateSerializer, Immutable]
internal sealed record JobStart(double MegapixelSteps);
