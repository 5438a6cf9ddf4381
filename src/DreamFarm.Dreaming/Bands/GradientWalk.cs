using System.Buffers;

namespace DreamFarm.Dreaming;

/// <summary>
/// One walk down a band's rows, as often as a step needs it: nothing but the merged gradient is stored.
/// <code>
///   merged gradient ──(1) minus the terms of pixels──▶ (2) filter ──▶ whoever measures, or ascends
///   halo above, then the band's rows, then halo below ──────┘
/// </code>
/// Without terms and filter it is the merged gradient that comes out, row by row.
/// </summary>
internal sealed class GradientWalk(DreamSpec spec, Octave octave, Band band, IOriginal original, BandHalo halo)
{
    private readonly int _rowValues = 3 * octave.Size.Width;

    /// <summary>Reads one row of the band, [3][columns].</summary>
    public delegate void ReadRow(int row, Span<float> values);

    /// <summary>Reads a row of the merged gradient.</summary>
    public required ReadRow ReadGradient { get; init; }

    /// <summary>Reads a row of the canvas as it is before the ascent: the walk reads every row before it hands it on.</summary>
    public required ReadRow ReadCanvas { get; init; }

    /// <summary>Hands on every row of the band, in order.</summary>
    /// <param name="scales">What has been measured of the step so far.</param>
    /// <param name="finished">Takes the rows; none as long as the filter itself must be measured.</param>
    /// <param name="measured">Takes what the filter must know.</param>
    /// <param name="penalized">Takes what each row takes from the objective through the terms of pixels.</param>
    public async Task RunAsync(StepScales scales, RowSink finished, LevelSink measured, Action<int, double> penalized, CancellationToken cancellation)
    {
        using var filter = spec.Filter?.Open(new PassShape(band.Top, band.End, octave.Size.Width, spec.Boundary), scales, finished, measured);
        var terms = PixelTerms.Of(spec, octave, original);
        int slab = terms is null ? 1 : PixelTerms.Slab;
        using var gradient = MemoryPool<float>.Shared.Rent(slab * _rowValues);
        using var canvas = MemoryPool<float>.Shared.Rent(terms is null ? 1 : (slab + 2) * _rowValues);
        var penalties = new double[slab];

        for (int i = 0; i < halo.Reach; i++)
            filter!.Put(band.Top - halo.Reach + i, halo.GradientAbove(i));
        if (terms is not null)
            halo.CanvasAbove.CopyTo(canvas.Memory.Span);
        for (int first = band.Top; first < band.End; first += slab)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(slab, band.End - first);
            for (int i = 0; i < rows; i++)
                ReadGradient(first + i, gradient.Memory.Span.Slice(i * _rowValues, _rowValues));
            if (terms is not null)
            {
                ReadAround(first, rows, canvas.Memory.Span);
                await terms.SubtractAsync(first, rows, canvas.Memory, gradient.Memory, penalties, cancellation);
                // The row above the next slab, before it ascends.
                canvas.Memory.Span.Slice(rows * _rowValues, _rowValues).CopyTo(canvas.Memory.Span);
                for (int i = 0; i < rows; i++)
                    penalized(first + i, penalties[i]);
            }
            for (int i = 0; i < rows; i++)
            {
                var row = gradient.Memory.Span.Slice(i * _rowValues, _rowValues);
                if (filter is null)
                    finished(first + i, row);
                else
                    filter.Put(first + i, row);
            }
        }
        for (int i = 0; i < halo.Reach; i++)
            filter!.Put(band.End + i, halo.GradientBelow(i));
    }

    /// <summary>Fills [rows + 2][3][columns] but for the first row, which is there.</summary>
    private void ReadAround(int first, int rows, Span<float> canvas)
    {
        for (int i = 0; i <= rows; i++)
        {
            var place = canvas.Slice((i + 1) * _rowValues, _rowValues);
            if (first + i < band.End)
                ReadCanvas(first + i, place);
            else
                halo.CanvasBelow.CopyTo(place);
        }
    }
}
