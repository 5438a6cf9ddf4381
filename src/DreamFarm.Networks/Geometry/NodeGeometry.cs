namespace DreamFarm.Networks;

/// <summary>Where the cells of a node's activation lie on the canvas and what they look at.</summary>
/// <param name="Stride">Pixels from one cell to the next, on both axes; cell i has its origin at pixel <c>i * Stride</c> of the window.</param>
/// <param name="Rows">What a cell looks at along the height; of a global node, what it would look at without the global operations.</param>
/// <param name="Columns">What a cell looks at along the width.</param>
/// <param name="Channels">Channels of the activation.</param>
/// <param name="IsGlobal">Whether a cell looks at the whole canvas, as behind a global pooling: no context is then exact but the canvas itself.</param>
/// <param name="IsPoint">Whether there is one cell for the whole window.</param>
public readonly record struct NodeGeometry(int Stride, Field Rows, Field Columns, int Channels, bool IsGlobal = false, bool IsPoint = false)
{
    /// <summary>How far, in pixels, the gradient at one pixel depends on others, on the axis where that is farther.</summary>
    public int Reach => Math.Max(Rows.Reach, Columns.Reach);

    /// <summary>The least context that is exact for this node alone: the reach, rounded up to the stride; 0 for a global node, which needs the canvas whole.</summary>
    public int ExactContext => IsGlobal ? 0 : (Reach + Stride - 1) / Stride * Stride;

    /// <summary>Cells on a canvas of some pixels, over which means are taken: H/s x W/s, not rounded, or 1.</summary>
    public double Cells(int height, int width) => IsPoint ? 1 : (double)height / Stride * ((double)width / Stride);
}
