using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>
/// Consecutive rows of the canvas during one octave, and their gradient during its steps: 12 bytes a pixel, and with a filter up
/// to 4 more of what it looks at in other bands.
/// </summary>
/// <remarks>
/// <code>
///   canvas rows ──(1) cut──▶ window ──(2) compute──▶ core ──(3) put──▶ gradient rows ──(4) measure──▶ row sums
///        ▲                   (elsewhere)               └──(3) hand──▶ other bands          std over the canvas │
///        └──────────────────────────────(5) ascend ◀────────────────────────────────────────────────────────┘
/// </code>
/// What a spec has of terms of pixels and of a filter is done to the gradient's rows as they are read, each time anew, in (4) and
/// in (5): see <see cref="GradientWalk"/>. A filter needs the neighbours' gradient, so with one (4) waits until every band has
/// reported (3), and may take several rounds.
/// A tile belongs to the band that holds its core's first row. Everything but (5) may happen on many threads at once;
/// the caller ascends only when every band has reported.
/// </remarks>
public sealed class CanvasBand : IDisposable
{
    /// <summary>
    /// Lets as many bands of this process walk over their rows at once as there are processors: each takes buffers that grow with the
    /// canvas's width, and more would not be faster.
    /// </summary>
    private static readonly SemaphoreSlim Walking = new(Environment.ProcessorCount);

    private readonly Plan _plan;
    private readonly Octave _octave;
    private readonly IOriginal _original;
    private readonly NativePixels<short> _canvas;
    private readonly int _rowValues;
    private NativePixels<Half>? _gradient;
    private BandHalo? _halo;
    private StepState _state;

    /// <summary>A band with a black canvas; <see cref="OpenAsync"/> or <see cref="Load"/> fills it.</summary>
    /// <param name="plan">The dream.</param>
    /// <param name="original">The input image.</param>
    /// <param name="octave">Of the plan.</param>
    /// <param name="band">Of the octave.</param>
    public CanvasBand(Plan plan, IOriginal original, int octave, int band)
    {
        _plan = plan;
        _original = original;
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
    /// <param name="readPrevious">Reads rows of the canvas of the octave before, [rows][3][columns]; not called in the first octave.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task OpenAsync(Func<int, int, Memory<short>, CancellationToken, ValueTask> readPrevious, CancellationToken cancellation)
    {
        var previous = _octave.Index == 0 ? null : _plan.Octaves[_octave.Index - 1];
        var start = new OctaveStart(_original, _plan.Spec.OctaveMode, _octave, previous, new OctaveStart.ReadCanvas(readPrevious));
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

    /// <summary>Sums layers' activations over this band's tiles of the step that comes next.</summary>
    /// <returns>The channels' sums, one layer behind the other, the tiles added in the order of the tile grid.</returns>
    public async Task<double[]> SumChannelsAsync(IReadOnlyList<MeasuredLayer> layers, IGradientSource source, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        var state = _state;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sums = new OrderedSums(layers.Sum(layer => layer.Channels));
        await StepTasks.AllAsync([.. OwnTiles(state.Tiles).Select(TileAsync)], stop);
        return sums.Total;

        async Task<bool> TileAsync(Tile tile, int index)
        {
            sums.Add(index, await source.MeasureAsync(Request(state, tile, objective: "", neighbours), layers, stop.Token));
            return true;
        }
    }

    /// <summary>Computes the gradient of this band's tiles, merges what lies in this band, and waits for what others hand to it.</summary>
    /// <param name="objective">What the gradient is of.</param>
    public async Task<BandReport> GradientAsync(string objective, IGradientSource source, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        var state = _state;
        EnsureGradient();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tiles = OwnTiles(state.Tiles);
        var losses = new Task<double>[tiles.Count];
        for (int i = 0; i < losses.Length; i++)
            losses[i] = TileAsync(state, tiles[i], objective, source, neighbours, stop.Token);
        double[] tileLosses = await StepTasks.AllAsync(losses, stop);
        await state.Filled.WaitAsync(cancellation);

        if (_plan.Spec.Filter is not null)
            return new BandReport([], tileLosses);
        return new BandReport(await FiguresAsync(state, StepScales.None, neighbours, cancellation), tileLosses);
    }

    /// <summary>Measures the gradient as the filter leaves it, or what the filter must know first; when every band has its gradient.</summary>
    /// <param name="step">The step whose gradient is merged.</param>
    /// <param name="scales">What has been measured so far.</param>
    /// <param name="neighbours">The other bands; asked only the first time in a step.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<BandReport> MeasureAsync(int step, StepScales scales, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        RequireStep(step);
        return new BandReport(await FiguresAsync(_state, scales, neighbours, cancellation), []);
    }

    /// <summary>Takes rows of a core that another band computed. Rows that are already there are left alone.</summary>
    public void Take(int step, CoreRows rows)
    {
        RequireStep(step);
        EnsureGradient();
        Put(_state, rows);
    }

    /// <summary>(5) canvas += step size x gradient / its measure, clamped and rounded; the next step can then begin.</summary>
    /// <param name="step">The step that was measured.</param>
    /// <param name="scales">All that was measured, over the whole canvas.</param>
    public async Task AscendAsync(int step, StepScales scales)
    {
        RequireStep(step);
        float stepSize = (float)_plan.Spec.StepSize;
        float divisor = (float)scales.Gradient + 1e-8f;
        float[] canvas = new float[_rowValues];
        // Half an ascent is no state to go on from: it is not cancelled.
        await Walking.WaitAsync(CancellationToken.None);
        try
        {
            await Walk(_state).RunAsync(scales, Ascend, (_, _, _) => { }, (_, _) => { }, CancellationToken.None);
        }
        finally
        {
            Walking.Release();
        }

        int next = step + 1;
        if (next == _plan.Spec.Steps)
        {
            (_gradient as IDisposable)?.Dispose();
            _gradient = null;
            _halo?.Dispose();
            _halo = null;
        }
        _state = new StepState(next, _octave.TilesAt(next), Band);

        void Ascend(int row, Span<float> gradient)
        {
            var pixels = _canvas.Span.Slice((row - Band.Top) * _rowValues, _rowValues);
            CanvasGrid.ToFloat(pixels, canvas);
            TensorPrimitives.Multiply(gradient, stepSize, gradient);
            TensorPrimitives.Divide(gradient, divisor, gradient);
            TensorPrimitives.Add(canvas, gradient, canvas);
            CanvasGrid.Round(canvas, pixels);
        }
    }

    /// <summary>Copies a rectangle of the canvas, given in canvas coordinates, as it is before <paramref name="step"/>'s ascent.</summary>
    public void Read(int step, Rectangle rectangle, Placement placement)
    {
        RequireStep(step);
        for (int row = 0; row < rectangle.Height; row++)
            for (int plane = 0; plane < 3; plane++)
                placement.Put(row, plane, Line(rectangle.Top + row, plane).Slice(rectangle.Left, rectangle.Width));
    }

    /// <summary>Reads a rectangle of the merged gradient of <paramref name="step"/>, given in canvas coordinates, as [rows][3][columns].</summary>
    public void ReadGradient(int step, Rectangle rectangle, Span<float> destination)
    {
        RequireStep(step);
        int values = 3 * rectangle.Width;
        for (int row = 0; row < rectangle.Height; row++)
            ReadGradient(_state, rectangle.Top + row, rectangle.Left, rectangle.Width, destination.Slice(row * values, values));
    }

    /// <summary>Copies whole rows of the canvas, [rows][3][columns].</summary>
    public void ReadRows(int first, int rows, Span<short> destination) =>
        _canvas.Span.Slice((first - Band.Top) * _rowValues, rows * _rowValues).CopyTo(destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IDisposable)_canvas).Dispose();
        (_gradient as IDisposable)?.Dispose();
        _halo?.Dispose();
    }

    private WindowRequest Request(StepState state, Tile tile, string objective, IBandNeighbours neighbours) => new()
    {
        Octave = _octave,
        Step = state.Step,
        Tile = tile,
        Objective = objective,
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

    private async Task<double> TileAsync(StepState state, Tile tile, string objective, IGradientSource source, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        // (2) compute
        using var core = await source.ComputeAsync(Request(state, tile, objective, neighbours), cancellation);
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

    /// <summary>(4) measure: the figures of a row do not depend on where bands begin.</summary>
    private async Task<double[]> FiguresAsync(StepState state, StepScales scales, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        var figures = RowFigures.Next(_plan.Spec, scales);
        var rows = new double[Band.Rows * figures.Count];
        await Walking.WaitAsync(cancellation);
        try
        {
            // The first time in a step.
            if (scales.Levels.Count == 0)
                await FetchHaloAsync(state.Step, neighbours, cancellation);
            await Walk(state).RunAsync(scales,
                (row, values) =>
                {
                    var moments = _plan.Spec.Normaliser.Of(values);
                    rows[At(row)] = moments.Sum;
                    rows[At(row) + 1] = moments.Squares;
                },
                (level, row, squares) => rows[At(row) + level] = squares,
                (row, penalty) =>
                {
                    if (figures.Penalty)
                        rows[At(row) + figures.Measured] = penalty;
                },
                cancellation);
        }
        finally
        {
            Walking.Release();
        }
        return rows;

        int At(int row) => (row - Band.Top) * figures.Count;
    }

    private GradientWalk Walk(StepState state) => new(_plan.Spec, _octave, Band, _original, EnsureHalo())
    {
        ReadGradient = (row, values) => ReadGradient(state, row, 0, _octave.Size.Width, values),
        ReadCanvas = (row, values) => CanvasGrid.ToFloat(_canvas.Span.Slice((row - Band.Top) * _rowValues, _rowValues), values),
    };

    private BandHalo EnsureHalo() => _halo ??= new BandHalo(_plan.Spec, _octave, Band);

    private Task FetchHaloAsync(int step, IBandNeighbours neighbours, CancellationToken cancellation)
    {
        return EnsureHalo().FetchAsync(_original,
            (first, rows, destination, cancel) => ByBandAsync(first, rows, async (band, part) =>
            {
                var placement = new Placement(destination, part.Width, part.Top - first, 1, 0, false);
                if (band == Band.Index)
                    Read(step, part, placement);
                else
                    await neighbours.ReadAsync(band, step, part, placement, cancel);
            }),
            (first, rows, destination, cancel) => ByBandAsync(first, rows, async (band, part) =>
            {
                var place = destination.Slice((part.Top - first) * _rowValues, part.Height * _rowValues);
                if (band == Band.Index)
                    ReadGradient(step, part, place.Span);
                else
                    await neighbours.ReadGradientAsync(band, step, part, place, cancel);
            }),
            cancellation);

        async ValueTask ByBandAsync(int first, int rows, Func<int, Rectangle, ValueTask> read)
        {
            for (int row = first; row < first + rows;)
            {
                var band = _octave.BandAt(_octave.BandOf(row));
                int count = Math.Min(first + rows, band.End) - row;
                await read(band.Index, new Rectangle(row, 0, count, _octave.Size.Width));
                row += count;
            }
        }
    }

    private void ReadGradient(StepState state, int canvasRow, int left, int width, Span<float> values)
    {
        int row = canvasRow - Band.Top;
        var line = _gradient!.Span.Slice(row * _rowValues, _rowValues);
        for (int plane = 0; plane < 3; plane++)
            TensorPrimitives.ConvertToSingle(line.Slice(plane * _octave.Size.Width + left, width), values.Slice(plane * width, width));
        int tileRow = state.Tiles.TileRowOf(canvasRow);
        for (int column = 0; column < state.Tiles.Columns; column++)
        {
            var core = state.Tiles[tileRow, column].Core;
            int begin = Math.Max(core.Left, left) - left, end = Math.Min(core.Right, left + width) - left;
            if (end <= begin)
                continue;
            float scale = MathF.ScaleB(1, state.Exponent(row, column));
            for (int plane = 0; plane < 3; plane++)
            {
                var part = values.Slice(plane * width + begin, end - begin);
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
