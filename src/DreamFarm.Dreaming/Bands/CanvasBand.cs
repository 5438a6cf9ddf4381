using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>
/// Consecutive rows of the canvas during one octave, and their gradient during its steps: 12 bytes a pixel.
/// </summary>
/// <remarks>
/// <code>
///   canvas rows ──(1) cut──▶ window ──(2) compute──▶ core ──(3) put──▶ gradient rows ──(4) measure──▶ row sums
///        ▲                   (elsewhere)               └──(3) hand──▶ other bands          std over the canvas │
///        └──────────────────────────────(5) ascend ◀────────────────────────────────────────────────────────┘
/// </code>
/// A tile belongs to the band that holds its core's first row. Everything but (5) may happen on many threads at once;
/// the caller ascends only when every band has reported.
/// </remarks>
public sealed class CanvasBand : IDisposable
{
    private readonly Plan _plan;
    private readonly Octave _octave;
    private readonly NativePixels<short> _canvas;
    private readonly int _rowValues;
    private NativePixels<Half>? _gradient;
    private StepState _state;

    /// <summary>A band with a black canvas; <see cref="OpenAsync"/> or <see cref="Load"/> fills it.</summary>
    public CanvasBand(Plan plan, int octave, int band)
    {
        _plan = plan;
        _octave = plan.Octaves[octave];
        Band = _octave.BandAt(band);
        _rowValues = 3 * _octave.Size.Width;
        _canvas = new NativePixels<short>(Band.Rows * _rowValues);
        _state = new StepState(0, _octave.TilesAt(0), Band);
    }

    /// <summary>Which rows these are.</summary>
    public Band Band { get; }

    /// <summary>The step whose gradient comes next; equal to the number of steps when the octave is finished.</summary>
    public int Step => _state.Step;

    /// <summary>Makes the canvas as its octave begins.</summary>
    /// <param name="original">The input image.</param>
    /// <param name="readPrevious">Reads rows of the canvas of the octave before, [rows][3][columns]; not called in the first octave.</param>
    public async Task OpenAsync(IOriginal original, Func<int, int, Memory<short>, CancellationToken, ValueTask> readPrevious, CancellationToken cancellation)
    {
        var previous = _octave.Index == 0 ? null : _plan.Octaves[_octave.Index - 1];
        var start = new OctaveStart(original, _plan.Spec.OctaveMode, _octave, previous, new OctaveStart.ReadCanvas(readPrevious));
        await start.RowsAsync(Band.Top, Band.Rows, _canvas.Memory, cancellation);
    }

    /// <summary>Takes the canvas as it was after some steps of its octave.</summary>
    /// <param name="steps">How many; at most the octave's number of steps.</param>
    /// <param name="read">Fills the band's rows, [rows][3][columns], k meaning k/32767.</param>
    public void Load(int steps, Action<Span<short>> read)
    {
        read(_canvas.Span);
        _state = new StepState(steps, _octave.TilesAt(steps), Band);
    }

    /// <summary>Computes the gradient of this band's tiles, merges what lies in this band, and waits for what others hand to it.</summary>
    public async Task<BandReport> GradientAsync(IGradientSource source, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        var state = _state;
        EnsureGradient();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tiles = OwnTiles(state.Tiles);
        var losses = new Task<double>[tiles.Count];
        for (int i = 0; i < losses.Length; i++)
            losses[i] = TileAsync(state, tiles[i], source, neighbours, stop.Token);
        double[] tileLosses = await StepTasks.AllAsync(losses, stop);
        await state.Filled.WaitAsync(cancellation);

        // (4) measure: the row sums do not depend on where bands begin.
        var moments = new Moments[Band.Rows];
        var values = new float[_rowValues];
        for (int row = 0; row < moments.Length; row++)
        {
            ReadGradientRow(state, row, values);
            moments[row] = FixedLaneSums.Of(values);
        }
        return new BandReport(moments, tileLosses);
    }

    /// <summary>Takes rows of a core that another band computed. Rows that are already there are left alone.</summary>
    public void Take(int step, CoreRows rows)
    {
        RequireStep(step);
        EnsureGradient();
        Put(_state, rows);
    }

    /// <summary>(5) canvas += step size x gradient / standard deviation, clamped and rounded; the next step can then begin.</summary>
    /// <param name="standardDeviation">Of the gradient over the whole canvas.</param>
    public void Ascend(int step, double standardDeviation)
    {
        RequireStep(step);
        float stepSize = (float)_plan.Spec.StepSize;
        float divisor = (float)standardDeviation + 1e-8f;
        Span<float> gradient = new float[_rowValues], canvas = new float[_rowValues];
        for (int row = 0; row < Band.Rows; row++)
        {
            ReadGradientRow(_state, row, gradient);
            var pixels = _canvas.Span.Slice(row * _rowValues, _rowValues);
            CanvasGrid.ToFloat(pixels, canvas);
            TensorPrimitives.Multiply(gradient, stepSize, gradient);
            TensorPrimitives.Divide(gradient, divisor, gradient);
            TensorPrimitives.Add(canvas, gradient, canvas);
            CanvasGrid.Round(canvas, pixels);
        }

        int next = step + 1;
        if (next == _plan.Spec.Steps)
        {
            (_gradient as IDisposable)?.Dispose();
            _gradient = null;
        }
        _state = new StepState(next, _octave.TilesAt(next), Band);
    }

    /// <summary>Copies a rectangle of the canvas, given in canvas coordinates, as it is before <paramref name="step"/>'s ascent.</summary>
    public void Read(int step, Rectangle rectangle, Placement placement)
    {
        RequireStep(step);
        for (int row = 0; row < rectangle.Height; row++)
            for (int plane = 0; plane < 3; plane++)
                placement.Put(row, plane, Line(rectangle.Top + row, plane).Slice(rectangle.Left, rectangle.Width));
    }

    /// <summary>Copies whole rows of the canvas, [rows][3][columns].</summary>
    public void ReadRows(int first, int rows, Span<short> destination) =>
        _canvas.Span.Slice((first - Band.Top) * _rowValues, rows * _rowValues).CopyTo(destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IDisposable)_canvas).Dispose();
        (_gradient as IDisposable)?.Dispose();
    }

    private async Task<double> TileAsync(StepState state, Tile tile, IGradientSource source, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        var request = new WindowRequest
        {
            Octave = _octave,
            Step = state.Step,
            Tile = tile,
            // (1) cut: rows come from whatever bands hold them.
            CutAsync = (window, cancel) => Windows.CutAsync(_octave, _plan.Spec.Boundary, tile.Window, window,
                (band, rectangle, placement, token) =>
                {
                    if (band != Band.Index)
                        return neighbours.ReadAsync(band, state.Step, rectangle, placement, token);
                    Read(state.Step, rectangle, placement);
                    return ValueTask.CompletedTask;
                },
                cancel),
        };
        // (2) compute
        using var core = await source.ComputeAsync(request, cancellation);
        // (3) put, or hand to whom the rows belong
        for (int top = tile.Core.Top; top < tile.Core.Bottom;)
        {
            var band = _octave.BandAt(_octave.BandOf(top));
            int rows = Math.Min(tile.Core.Bottom, band.End) - top;
            var values = core.Values.Slice((top - tile.Core.Top) * 3 * tile.Core.Width, rows * 3 * tile.Core.Width);
            var piece = new CoreRows(tile.Row, tile.Column, core.Exponent, top, rows, values);
            if (band.Index == Band.Index)
                Put(state, piece);
            else
                await neighbours.HandAsync(band.Index, state.Step, piece, cancellation);
            top += rows;
        }
        return core.Loss;
    }

    private List<Tile> OwnTiles(TileGrid tiles)
    {
        var own = new List<Tile>();
        for (int row = 0; row < tiles.Rows; row++)
            if (_octave.BandOf(tiles[row, 0].Core.Top) == Band.Index)
                for (int column = 0; column < tiles.Columns; column++)
                    own.Add(tiles[row, column]);
        return own;
    }

    private void Put(StepState state, CoreRows rows)
    {
        var core = state.Tiles[rows.TileRow, rows.TileColumn].Core;
        var values = rows.Values.Span;
        for (int i = 0; i < rows.Rows; i++)
        {
            int row = rows.Top + i - Band.Top;
            if (!state.Claim(row, rows.TileColumn, rows.Exponent))
                continue;
            var line = _gradient!.Span.Slice(row * _rowValues, _rowValues);
            for (int plane = 0; plane < 3; plane++)
                values.Slice((i * 3 + plane) * core.Width, core.Width).CopyTo(line[(plane * _octave.Size.Width + core.Left)..]);
            state.Put();
        }
    }

    private void ReadGradientRow(StepState state, int row, Span<float> values)
    {
        TensorPrimitives.ConvertToSingle(_gradient!.Span.Slice(row * _rowValues, _rowValues), values);
        int tileRow = state.Tiles.TileRowOf(Band.Top + row);
        for (int column = 0; column < state.Tiles.Columns; column++)
        {
            var core = state.Tiles[tileRow, column].Core;
            float scale = MathF.ScaleB(1, state.Exponent(row, column));
            for (int plane = 0; plane < 3; plane++)
            {
                var part = values.Slice(plane * _octave.Size.Width + core.Left, core.Width);
                TensorPrimitives.Multiply(part, scale, part);
            }
        }
    }

    private ReadOnlySpan<short> Line(int canvasRow, int plane) =>
        _canvas.Span.Slice((canvasRow - Band.Top) * _rowValues + plane * _octave.Size.Width, _octave.Size.Width);

    private void EnsureGradient()
    {
        if (_gradient is null)
        {
            lock (_canvas)
                _gradient ??= new NativePixels<Half>(Band.Rows * _rowValues);
        }
    }

    private void RequireStep(int step)
    {
        if (step != _state.Step)
            throw new InvalidOperationException($"octave {_octave.Index}, band {Band.Index} is at step {_state.Step}, not {step}");
    }
}
