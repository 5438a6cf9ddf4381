using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>
/// One level of a Laplacian pyramid. With its image's row 2i + 2 there is all for row i of the coarser image, and with that for
/// rows 2i - 2 and 2i - 1 of the details: what the image has and the coarser one, widened again, has not.
/// <code>
///   image ──(1) narrow, blur──▶ coarser image ──▶ coarser level ──▶ its merged rows
///     └──(2) minus widened ◀─────────┘                                   │ widened
///              details ──(3) divided ───────────────────(4) plus ────────┘──▶ merged rows
/// </code>
/// </summary>
/// <param name="splits">Coarser levels behind this one.</param>
/// <param name="length">Columns of a row with what extends it, even unless there is no coarser level.</param>
/// <param name="before">The column of a row that is the canvas's first.</param>
/// <param name="columns">Columns from there that stand on the canvas.</param>
/// <param name="divisor">Of the details; null if they are only measured.</param>
internal sealed class PyramidLevel(int level, int splits, int length, int before, int columns, float? divisor) : IDisposable
{
    // The five rows that a coarser row is made of.
    private readonly RowRing _images = new(5, 3 * length);
    private readonly RowRing _narrowed = new(5, 3 * (length / 2));
    private readonly RowRing _coarse = new(3, 3 * (length / 2));
    private readonly RowRing _coarseMerged = new(3, 3 * (length / 2));
    // They wait for the coarser levels: 4 rows each of theirs.
    private readonly RowRing _details = new(divisor is null || splits == 0 ? 2 : 8 * ((1 << (splits - 1)) - 1) + 2, 3 * length);
    private readonly float[] _blurred = new float[3 * (length / 2)];
    private readonly float[] _widened = new float[3 * length];

    /// <summary>The level of half as many pixels on each side; null for the last.</summary>
    public PyramidLevel? Coarser
    {
        get;
        set
        {
            field = value;
            if (value is not null)
                value.Merged = TakeMerged;
        }
    }

    /// <summary>Takes the rows that come out of this level and all coarser ones.</summary>
    public RowSink? Merged { get; set; }

    /// <summary>Takes the sums of squares of the details; of the last level, of the image. Rows are the level's own.</summary>
    public required LevelSink Measured { get; init; }

    /// <summary>Takes the next row of the image, [3][length].</summary>
    public void Put(int row, ReadOnlySpan<float> image)
    {
        if (Coarser is null)
        {
            Measure(row, image);
            if (divisor is { } last)
            {
                TensorPrimitives.Divide(image, last, _widened);
                Merged!(row, _widened);
            }
            return;
        }
        image.CopyTo(_images[row]);
        HalfSteps.Narrow(image, length, _narrowed[row]);
        if ((row & 1) != 0)
            return;

        // (1) The binomial kernel 1 4 6 4 1, at every second row and column.
        int coarse = (row - 2) / 2;
        var made = _coarse[coarse];
        HalfSteps.Blur(_narrowed[row - 4], _narrowed[row - 3], _narrowed[row - 2], _narrowed[row - 1], _narrowed[row], _blurred, made);

        // (2) What got lost.
        for (int fine = 2 * coarse - 2; fine < 2 * coarse; fine++)
        {
            HalfSteps.Widen(fine, _coarse, length, _blurred, _widened);
            var details = _details[fine];
            TensorPrimitives.Subtract(_images[fine], _widened, details);
            Measure(fine, details);
        }
        Coarser.Put(coarse, made);
    }

    public void Dispose()
    {
        foreach (var ring in (RowRing[])[_images, _narrowed, _coarse, _coarseMerged, _details])
            ring.Dispose();
    }

    private void TakeMerged(int coarse, Span<float> merged)
    {
        merged.CopyTo(_coarseMerged[coarse]);
        for (int fine = 2 * coarse - 2; fine < 2 * coarse; fine++)
        {
            // (3), (4)
            HalfSteps.Widen(fine, _coarseMerged, length, _blurred, _widened);
            var details = _details[fine];
            TensorPrimitives.Divide(details, divisor!.Value, details);
            TensorPrimitives.Add(details, _widened, details);
            Merged!(fine, details);
        }
    }

    /// <summary>Only what stands on the canvas counts: the extension shows it again.</summary>
    private void Measure(int row, ReadOnlySpan<float> details)
    {
        if (divisor is not null)
            return;
        double squares = 0;
        for (int plane = 0; plane < 3; plane++)
            squares += FixedLaneSums.Of(details.Slice(plane * length + before, columns)).Squares;
        Measured(level, row, squares);
    }
}
