using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>The cells (i, j) of an activation whose origin (i x stride, j x stride) lies in the core: rows Top to Bottom - 1, columns Left to Right - 1.</summary>
internal readonly record struct CellArea(int Top, int Bottom, int Left, int Right)
{
    /// <summary>The cells that a tile counts in its loss, so that each of the canvas is counted once; the only cell of a layer that has one.</summary>
    /// <param name="rows">Rows of the activation.</param>
    /// <param name="columns">Columns of the activation.</param>
    /// <param name="stride">Pixels from cell to cell; 0 where the layer has one cell for the whole canvas.</param>
    public static CellArea Of(WindowShape shape, int rows, int columns, int stride)
    {
        if (stride == 0)
            return new CellArea(0, rows, 0, columns);
        return new CellArea(
            First(shape.CoreTop, stride), Math.Min(First(shape.CoreTop + shape.CoreHeight, stride), rows),
            First(shape.CoreLeft, stride), Math.Min(First(shape.CoreLeft + shape.CoreWidth, stride), columns));
    }

    public bool IsEmpty => Top >= Bottom || Left >= Right;

    /// <summary>The first cell whose origin does not lie before the pixel.</summary>
    private static int First(int pixel, int stride) => (pixel + stride - 1) / stride;
}
