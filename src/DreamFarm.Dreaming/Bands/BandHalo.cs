using System.Buffers;

namespace DreamFarm.Dreaming;

/// <summary>
/// What a band keeps of the rows around it from the measuring of a step to its ascent, when the neighbours' rows change: the
/// canvas's next row on either side, and the gradient's as far as the filter looks. All of it is of the extended canvas: behind
/// the edges lie the boundary's rows, which a small canvas has several times over.
/// </summary>
internal sealed class BandHalo : IDisposable
{
    private readonly DreamSpec _spec;
    private readonly Octave _octave;
    private readonly Band _band;
    private readonly int _rowValues;
    private readonly NativePixels<float>? _canvas;
    private readonly NativePixels<float>? _gradient;

    public BandHalo(DreamSpec spec, Octave octave, Band band)
    {
        (_spec, _octave, _band) = (spec, octave, band);
        _rowValues = 3 * octave.Size.Width;
        Reach = spec.Filter?.Reach ?? 0;
        if (spec.HasPixelTerms)
            _canvas = new NativePixels<float>(2 * _rowValues);
        if (Reach > 0)
            _gradient = new NativePixels<float>(2 * Reach * _rowValues);
    }

    /// <summary>Reads rows of the canvas or of the merged gradient, whoever has them: [rows][3][columns].</summary>
    public delegate ValueTask ReadRows<T>(int first, int rows, Memory<T> destination, CancellationToken cancellation);

    /// <summary>Rows of the gradient on either side.</summary>
    public int Reach { get; }

    /// <summary>The row of the canvas above the band's first, [3][columns].</summary>
    public ReadOnlySpan<float> CanvasAbove => _canvas!.Span[.._rowValues];

    /// <summary>The row of the canvas below the band's last.</summary>
    public ReadOnlySpan<float> CanvasBelow => _canvas!.Span[_rowValues..];

    /// <summary>A row of the whole objective's gradient above the band; 0 is the furthest.</summary>
    public ReadOnlySpan<float> GradientAbove(int row) => _gradient!.Span.Slice(row * _rowValues, _rowValues);

    /// <summary>A row of the whole objective's gradient below the band; 0 is the nearest.</summary>
    public ReadOnlySpan<float> GradientBelow(int row) => GradientAbove(Reach + row);

    /// <summary>Fetches all rows, before any band ascends.</summary>
    public async Task FetchAsync(IOriginal original, ReadRows<short> readCanvas, ReadRows<float> readGradient, CancellationToken cancellation)
    {
        var terms = PixelTerms.Of(_spec, _octave, original);
        if (_canvas is not null)
        {
            await ReadExtendedAsync(_band.Top - 1, 1, readCanvas, _canvas.Memory[.._rowValues], cancellation);
            await ReadExtendedAsync(_band.End, 1, readCanvas, _canvas.Memory[_rowValues..], cancellation);
        }
        if (_gradient is null)
            return;
        await FetchGradientAsync(_band.Top - Reach, _gradient.Memory[..(Reach * _rowValues)], terms, readCanvas, readGradient, cancellation);
        await FetchGradientAsync(_band.End, _gradient.Memory[(Reach * _rowValues)..], terms, readCanvas, readGradient, cancellation);
    }

    public void Dispose()
    {
        (_canvas as IDisposable)?.Dispose();
        (_gradient as IDisposable)?.Dispose();
    }

    private async Task FetchGradientAsync(
        int begin, Memory<float> halo, PixelTerms? terms, ReadRows<short> readCanvas, ReadRows<float> readGradient, CancellationToken cancellation)
    {
        using var slab = MemoryPool<float>.Shared.Rent(PixelTerms.Slab * _rowValues);
        using var canvas = MemoryPool<float>.Shared.Rent(terms is null ? 1 : (PixelTerms.Slab + 2) * _rowValues);
        // What they take from the objective, the bands count that they belong to.
        var penalties = new double[PixelTerms.Slab];
        foreach (var run in BoundaryRun.Cover(begin, Reach, _octave.Size.Height, _spec.Boundary))
        {
            for (int done = 0; done < run.Length; done += PixelTerms.Slab)
            {
                int first = run.Canvas + done, rows = Math.Min(PixelTerms.Slab, run.Length - done);
                var gradient = slab.Memory[..(rows * _rowValues)];
                await readGradient(first, rows, gradient, cancellation);
                if (terms is not null)
                {
                    var around = canvas.Memory[..((rows + 2) * _rowValues)];
                    await ReadExtendedAsync(first - 1, rows + 2, readCanvas, around, cancellation);
                    await terms.SubtractAsync(first, rows, around, gradient, penalties, cancellation);
                }
                for (int i = 0; i < rows; i++)
                {
                    int place = run.Window + (run.Mirrored ? run.Length - 1 - done - i : done + i);
                    gradient.Slice(i * _rowValues, _rowValues).CopyTo(halo[(place * _rowValues)..]);
                }
            }
        }
    }

    /// <summary>Rows of the canvas, where it is extended too.</summary>
    private async ValueTask ReadExtendedAsync(int begin, int rows, ReadRows<short> readCanvas, Memory<float> destination, CancellationToken cancellation)
    {
        using var grid = MemoryPool<short>.Shared.Rent(rows * _rowValues);
        foreach (var run in BoundaryRun.Cover(begin, rows, _octave.Size.Height, _spec.Boundary))
        {
            await readCanvas(run.Canvas, run.Length, grid.Memory[..(run.Length * _rowValues)], cancellation);
            for (int i = 0; i < run.Length; i++)
            {
                int place = run.Window + (run.Mirrored ? run.Length - 1 - i : i);
                CanvasGrid.ToFloat(grid.Memory.Span.Slice(i * _rowValues, _rowValues), destination.Span.Slice(place * _rowValues, _rowValues));
            }
        }
    }
}
