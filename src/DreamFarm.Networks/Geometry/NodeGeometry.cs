namespace DreamFarm.Networks;

/// <summary>Where the cells of a node's activation lie on the canvas and what they look at.</summary>
/// <param name="Stride">Pixels from one cell to the next; cell i has its origin at pixel <c>i * Stride</c> of the window.</param>
/// <param name="Before">How many pixels before its origin a cell looks.</param>
/// <param name="After">How many pixels behind its origin a cell looks.</param>
/// <param name="Channels">Channels of the activation.</param>
public readonly record struct NodeGeometry(int Stride, int Before, int After, int Channels)
{
    /// <summary>
    /// How far, in pixels, the gradient at one pixel depends on others: a cell that looks at the pixel lies up to
    /// <see cref="After"/> before or <see cref="Before"/> behind it, and itself looks that far again the other way.
    /// </summary>
    public int Reach => Before + After;

    /// <summary>The least context that is exact for this node alone: the reach, rounded up to the stride.</summary>
    public int ExactContext => (Reach + Stride - 1) / Stride * Stride;
}
