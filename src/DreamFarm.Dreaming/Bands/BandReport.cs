namespace DreamFarm.Dreaming;

/// <summary>What a band knows of a step once every pixel of it has its gradient, or once it has measured it.</summary>
/// <param name="Rows">
/// Row by row the figures that are summed over the canvas, as many for each row: moments of the gradient or of levels of the
/// filter's pyramid, and what the terms of pixels take from the objective. Empty when a filter has to see the whole gradient first.
/// </param>
/// <param name="Losses">The loss of every tile that the band computed for this report, in the order of the tile grid.</param>
public sealed record BandReport(IReadOnlyList<double> Rows, IReadOnlyList<double> Losses);
