namespace DreamFarm.Coordinator;

/// <summary>How a band stands in the middle of a step.</summary>
/// <param name="Holds">False if this activation holds no pixels: it was lost with its silo.</param>
/// <param name="PixelsDone">Pixels of cores computed in this step.</param>
/// <param name="Waiting">Why no tile of the job can be computed now, one sentence; null if tiles are.</param>
/// <param name="NumericsClass">That the job has taken on the band's silo; empty before.</param>
/// <param name="Workers">That compute for the job on the band's silo.</param>
[GenerateSerializer, Immutable]
internal sealed record BandStatus(bool Holds, long PixelsDone, string? Waiting, string NumericsClass, int Workers);
