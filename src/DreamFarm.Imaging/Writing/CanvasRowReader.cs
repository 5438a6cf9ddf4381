namespace DreamFarm.Imaging;

/// <summary>Gives rows of a canvas; called from top to bottom, one call at a time, each row once.</summary>
/// <param name="first">The first row wanted.</param>
/// <param name="rows">To be filled: <c>[rows][3][columns]</c>, values k that mean k / 32767 in [-1, 1].</param>
/// <param name="cancellationToken">Cancelled when the rows are no longer wanted.</param>
public delegate ValueTask CanvasRowReader(int first, Memory<short> rows, CancellationToken cancellationToken);
