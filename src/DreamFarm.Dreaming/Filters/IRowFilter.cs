namespace DreamFarm.Dreaming;

/// <summary>Takes rows of the gradient one after another, and hands filtered rows on as soon as all that they look at has come.</summary>
internal interface IRowFilter : IDisposable
{
    /// <summary>Takes the next row, [3][columns].</summary>
    /// <param name="row">In canvas coordinates; may lie outside the canvas, where it shows the boundary extension.</param>
    void Put(int row, ReadOnlySpan<float> values);
}

/// <summary>Takes a row of the canvas, [3][columns]; may change the values.</summary>
internal delegate void RowSink(int row, Span<float> values);

/// <summary>Takes the sum of squares of one row of a level of the pyramid.</summary>
/// <param name="level">0 for the finest.</param>
/// <param name="row">The canvas row that the level's row stands on.</param>
internal delegate void LevelSink(int level, int row, double squares);

/// <summary>What a filter must know of the pass that it serves.</summary>
/// <param name="First">The first row that is wanted.</param>
/// <param name="End">The row behind the last that is wanted.</param>
/// <param name="Width">Columns of the canvas.</param>
/// <param name="Boundary">How rows go on at the left and the right.</param>
internal readonly record struct PassShape(int First, int End, int Width, Boundary Boundary)
{
    public bool Wants(int row) => row >= First && row < End;
}
