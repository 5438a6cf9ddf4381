namespace DreamFarm.Dreaming;

/// <summary>
/// What a dream's octaves are dreamt with. An objective may leave channels of a layer open: the strongest, weakest or most average k
/// of them are chosen by what the network sees on the canvas as an octave begins (or as the first one does).
/// </summary>
/// <remarks>
/// The network is run forward over all tiles of the octave's canvas, under the roll of step 0. Every cell counts once, in the tile
/// whose core holds its origin. A tile's sums are float64 and added cell by cell, row by row; tiles are added in the order of the tile
/// grid within their band, and bands from the topmost on. So the sums, and what is chosen by them, follow from the plan and the pixels
/// alone: not from how many workers there are, who answers first, or where the dream was interrupted.
/// </remarks>
public interface IOctaveObjectives
{
    /// <summary>The layers that must be measured as an octave begins, in the order in which their sums come; none if nothing is chosen there.</summary>
    IReadOnlyList<MeasuredLayer> Measures(Octave octave);

    /// <summary>What all windows of an octave are computed with.</summary>
    /// <param name="octave">The octave that begins.</param>
    /// <param name="before">The objective of the octave before, for what is chosen only once; null in the first.</param>
    /// <param name="sums">The channels' sums over the canvas, layer by layer as <see cref="Measures"/> has them; empty if nothing was to be measured.</param>
    /// <returns>The objective as text, every channel named.</returns>
    string Choose(Octave octave, string? before, ReadOnlySpan<double> sums);
}
