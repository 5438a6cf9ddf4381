namespace DreamFarm.Dreaming;

/// <summary>A canvas whose bands all live in this process.</summary>
public sealed class LocalCanvas(Plan plan, IOriginal original, IGradientSource source) : ICanvas, IBandNeighbours, IDisposable
{
    private CanvasBand[] _bands = [];

    /// <inheritdoc/>
    public async Task OpenAsync(Octave octave, CancellationToken cancellation)
    {
        var before = _bands;
        var bands = Enumerable.Range(0, octave.Bands).Select(band => new CanvasBand(plan, original, octave.Index, band)).ToArray();
        try
        {
            await Task.WhenAll(bands.Select(band => Task.Run(() => band.OpenAsync(ReadBefore, cancellation), cancellation)));
        }
        catch
        {
            Dispose(bands);
            throw;
        }
        _bands = bands;
        Dispose(before);

        ValueTask ReadBefore(int first, int rows, Memory<short> destination, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            ReadRows(before, plan.Octaves[octave.Index - 1], first, rows, destination.Span);
            return ValueTask.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sums = _bands.Select(band => Task.Run(() => band.SumChannelsAsync(layers, source, this, stop.Token), stop.Token)).ToArray();
        return await StepTasks.AllAsync(sums, stop);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation) =>
        ReportsAsync((band, stop) => band.GradientAsync(objective, source, this, stop), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        ReportsAsync((band, stop) => band.MeasureAsync(step, scales, this, stop), cancellation);

    /// <inheritdoc/>
    public Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        Task.WhenAll(_bands.Select(band => Task.Run(() => band.AscendAsync(step, scales), cancellation)));

    /// <summary>Copies rows of the canvas as it is now, [rows][3][columns], k meaning k/32767.</summary>
    public void ReadRows(Octave octave, int first, int rows, Span<short> destination) => ReadRows(_bands, octave, first, rows, destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(_bands);
        _bands = [];
    }

    ValueTask IBandNeighbours.ReadAsync(int band, int step, Rectangle rectangle, Placement placement, CancellationToken cancellation)
    {
        _bands[band].Read(step, rectangle, placement);
        return ValueTask.CompletedTask;
    }

    ValueTask IBandNeighbours.ReadGradientAsync(int band, int step, Rectangle rectangle, Memory<float> destination, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _bands[band].ReadGradient(step, rectangle, destination.Span);
        return ValueTask.CompletedTask;
    }

    ValueTask IBandNeighbours.HandAsync(int band, int step, CoreRows rows, CancellationToken cancellation)
    {
        _bands[band].Take(step, rows);
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<BandReport>> ReportsAsync(Func<CanvasBand, CancellationToken, Task<BandReport>> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reports = _bands.Select(band => Task.Run(() => work(band, stop.Token), stop.Token)).ToArray();
        return await StepTasks.AllAsync(reports, stop);
    }

    private static void ReadRows(CanvasBand[] bands, Octave octave, int first, int rows, Span<short> destination)
    {
        for (int row = first; row < first + rows;)
        {
            var band = bands[octave.BandOf(row)];
            int count = Math.Min(first + rows, band.Band.End) - row;
            band.ReadRows(row, count, destination[((row - first) * 3 * octave.Size.Width)..]);
            row += count;
        }
    }

    private static void Dispose(CanvasBand[] bands)
    {
        foreach (var band in bands)
            band.Dispose();
    }
}
