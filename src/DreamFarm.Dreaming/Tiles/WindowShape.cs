namespace DreamFarm.Dreaming;

/// <summary>
/// The geometry of one window as whoever computes its gradient sees it: sizes in pixels, the core's place relative
/// to the window's top left corner, the window's relative to the canvas's. Pixels of windows and cores lie row by row, and within a row plane by plane:
/// <c>[rows][3][columns]</c>.
/// </summary>
/// <param name="Height">Rows of the window, a multiple of the stride.</param>
/// <param name="Width">Columns of the window, a multiple of the stride.</param>
/// <param name="CoreTop">First row of the core within the window.</param>
/// <param name="CoreLeft">First column of the core within the window.</param>
/// <param name="CoreHeight">Rows of the core.</param>
/// <param name="CoreWidth">Columns of the core.</param>
/// <param name="Top">Row of the canvas at which the window begins; outside the canvas where the window reaches out of it.</param>
/// <param name="Left">Column of the canvas at which the window begins.</param>
public readonly record struct WindowShape(int Height, int Width, int CoreTop, int CoreLeft, int CoreHeight, int CoreWidth, int Top = 0, int Left = 0)
{
    /// <summary>Values of the window: rows x 3 planes x columns.</summary>
    public int WindowValues => checked(Height * 3 * Width);

    /// <summary>Values of the core: rows x 3 planes x columns.</summary>
    public int CoreValues => checked(CoreHeight * 3 * CoreWidth);
}
