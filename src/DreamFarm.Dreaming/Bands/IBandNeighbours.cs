namespace DreamFarm.Dreaming;

/// <summary>The other bands of the canvas as a band sees them, wherever they live.</summary>
public interface IBandNeighbours
{
    /// <summary>Reads a rectangle within one band, of the canvas as it is before <paramref name="step"/>'s ascent.</summary>
    ValueTask ReadAsync(int band, int step, Rectangle rectangle, Placement placement, CancellationToken cancellation);

    /// <summary>Reads a rectangle within one band, of the merged gradient of <paramref name="step"/>, as [rows][3][columns]; only when it is complete.</summary>
    ValueTask ReadGradientAsync(int band, int step, Rectangle rectangle, Memory<float> destination, CancellationToken cancellation);

    /// <summary>Hands over the rows of a core that lie in another band.</summary>
    ValueTask HandAsync(int band, int step, CoreRows rows, CancellationToken cancellation);
}

/// <summary>Consecutive rows of a core's gradient.</summary>
/// <param name="TileRow">Row of the tile in the step's grid.</param>
/// <param name="TileColumn">Column of the tile in the step's grid.</param>
/// <param name="Exponent">The gradient is value x 2^exponent.</param>
/// <param name="Top">First row, in canvas coordinates.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Values">[rows][3][core columns].</param>
public readonly record struct CoreRows(int TileRow, int TileColumn, int Exponent, int Top, int Rows, ReadOnlyMemory<Half> Values);
