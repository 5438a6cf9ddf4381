namespace DreamFarm.Dreaming;

/// <summary>Where a rectangle of the canvas goes within a window: some rows and columns of it, possibly mirrored.</summary>
/// <param name="Window">[rows][3][columns] of the whole window.</param>
/// <param name="Width">Columns of the window.</param>
/// <param name="Row">The window's row for the rectangle's first row.</param>
/// <param name="RowStep">1, or -1 where rows are mirrored.</param>
/// <param name="Column">The window's first column for the rectangle.</param>
/// <param name="Mirrored">Whether columns run backwards.</param>
public readonly record struct Placement(Memory<short> Window, int Width, int Row, int RowStep, int Column, bool Mirrored)
{
    /// <summary>Puts one line (a row of one plane) of the rectangle in its place.</summary>
    /// <param name="row">Row within the rectangle.</param>
    public void Put(int row, int plane, ReadOnlySpan<short> line)
    {
        var place = Window.Span.Slice(((Row + row * RowStep) * 3 + plane) * Width + Column, line.Length);
        line.CopyTo(place);
        if (Mirrored)
            place.Reverse();
    }
}
