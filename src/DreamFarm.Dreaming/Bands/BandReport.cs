namespace DreamFarm.Dreaming;

/// <summary>What a band knows of a step once every pixel of it has its gradient.</summary>
/// <param name="Rows">The gradient's moments, row by row.</param>
/// <param name="Losses">The loss of every tile that the band computed, in the order of the tile grid.</param>
public sealed record BandReport(IReadOnlyList<Moments> Rows, IReadOnlyList<double> Losses);
