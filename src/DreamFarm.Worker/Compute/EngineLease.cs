using DreamFarm.Engine;

namespace DreamFarm.Worker;

/// <summary>The right to use an engine until it is returned.</summary>
/// <param name="Engine">Fails with one sentence if the network or its weights are not here.</param>
/// <param name="Key">The cache's own.</param>
internal sealed record EngineLease(Task<GradientEngine> Engine, object Key);
