namespace DreamFarm.Dreaming;

/// <summary>A rectangle whose gradient is computed in one piece, in canvas coordinates.</summary>
/// <param name="Row">Row in the tile grid.</param>
/// <param name="Column">Column in the tile grid.</param>
/// <param name="Core">What the tile contributes; inside the canvas.</param>
/// <param name="Window">The core's stride cells with context on every side; may reach outside the canvas.</param>
public readonly record struct Tile(int Row, int Column, Rectangle Core, Rectangle Window)
{
    /// <summary>The geometry that whoever computes the gradient needs.</summary>
    public WindowShape Shape =>
        new(Window.Height, Window.Width, Core.Top - Window.Top, Core.Left - Window.Left, Core.Height, Core.Width, Window.Top, Window.Left);
}

/// <summary>A rectangle of pixels.</summary>
public readonly record struct Rectangle(int Top, int Left, int Height, int Width)
{
    /// <summary>The row behind the last.</summary>
    public int Bottom => Top + Height;

    /// <summary>The column behind the last.</summary>
    public int Right => Left + Width;
}
