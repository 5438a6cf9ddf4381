namespace DreamFarm.Dreaming.Tests;

/// <summary>Bands that are loaded, and read by the next octave's as they are.</summary>
internal sealed class LoadedCanvas : ICanvas, IBandNeighbours, IDisposable
{
    private readonly Plan _plan;
    private readonly IOriginal _original;
    private readonly IGradientSource _source;
    private CanvasBand[] _bands;
    private Octave _octave;

    public LoadedCanvas(Plan plan, IOriginal original, IGradientSource source, Position position, short[] pixels)
    {
        (_plan, _original, _source, _octave) = (plan, original, source, plan.Octaves[position.Octave]);
        _bands = Bands(_octave);
        foreach (var band in _bands)
        {
            band.Load(position.Steps, rows => pixels.AsSpan(band.Band.Top * 3 * _octave.Size.Width, rows.Length).CopyTo(rows));
            Assert.Equal(position.Steps, band.Step);
        }
    }

    public async Task OpenAsync(Octave octave, CancellationToken cancellation)
    {
        short[] before = Pixels();
        int width = 3 * _octave.Size.Width;
        Dispose();
        (_octave, _bands) = (octave, Bands(octave));
        foreach (var band in _bands)
        {
            await band.OpenAsync((first, rows, destination, _) =>
            {
                before.AsSpan(first * width, rows * width).CopyTo(destination.Span);
                return ValueTask.CompletedTask;
            }, cancellation);
        }
    }

    public async Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
        await Task.WhenAll(_bands.Select(band => band.SumChannelsAsync(layers, _source, this, cancellation)));

    public async Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation) =>
        await Task.WhenAll(_bands.Select(band => band.GradientAsync(objective, _source, this, cancellation)));

    public async Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        await Task.WhenAll(_bands.Select(band => band.MeasureAsync(step, scales, this, cancellation)));

    public Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        Task.WhenAll(_bands.Select(band => band.AscendAsync(step, scales)));

    public ValueTask ReadAsync(int band, int step, Rectangle rectangle, Placement placement, CancellationToken cancellation)
    {
        _bands[band].Read(step, rectangle, placement);
        return ValueTask.CompletedTask;
    }

    public ValueTask ReadGradientAsync(int band, int step, Rectangle rectangle, Memory<float> destination, CancellationToken cancellation)
    {
        _bands[band].ReadGradient(step, rectangle, destination.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask HandAsync(int band, int step, CoreRows rows, CancellationToken cancellation)
    {
        _bands[band].Take(step, rows);
        return ValueTask.CompletedTask;
    }

    public short[] Pixels()
    {
        var pixels = new short[3 * _octave.Size.Pixels];
        foreach (var band in _bands)
            band.ReadRows(band.Band.Top, band.Band.Rows, pixels.AsSpan(band.Band.Top * 3 * _octave.Size.Width));
        return pixels;
    }

    public void Dispose()
    {
        foreach (var band in _bands)
            band.Dispose();
    }

    private CanvasBand[] Bands(Octave octave) => [.. Enumerable.Range(0, octave.Bands).Select(band => new CanvasBand(_plan, _original, octave.Index, band))];
}
