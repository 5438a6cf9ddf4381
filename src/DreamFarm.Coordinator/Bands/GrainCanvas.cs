using System.Collections.Concurrent;
using DreamFarm.Dreaming;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>
/// A canvas whose bands are grains. Each of the dream's calls is one round: every band is told to start, and the round ends
/// when every band has reported. Pixels do not pass through here.
/// </summary>
internal sealed class GrainCanvas(BandOrder order, IGrainFactory grains) : ICanvas
{
    private const int MostBytesAPixel = 16;
    private const int CanvasBytes = 6;
    private const int GradientBytes = 6;

    private readonly ConcurrentDictionary<BandRound, bool> _rounds = [];
    private readonly List<Octave> _held = [];
    private BandOrder _order = order;
    private Task _keeping = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask;

    /// <summary>The octave whose bands hold the newest pixels; null before the first.</summary>
    public Octave? Newest { get; private set; }

    /// <inheritdoc/>
    public async Task OpenAsync(Octave octave, CancellationToken cancellation)
    {
        _held.Add(octave);
        await RoundAsync(BandEvent.Opened, octave, 0, band => band.OpenAsync(_order), cancellation);
        var before = Newest;
        Newest = octave;
        if (before is null)
            return;
        _leaving = LeaveAsync(before, cancellation);
        // The first gradient does not wait for the checkpoint of the octave before, unless there is no room for both canvases.
        if (CanvasBytes * before.Size.Pixels > (MostBytesAPixel - CanvasBytes - GradientBytes) * octave.Size.Pixels)
            await _leaving;
    }

    /// <summary>Takes an octave's canvas from a checkpoint.</summary>
    /// <exception cref="JobProblem">It is damaged; all bands have let go of it.</exception>
    public async Task LoadAsync(Octave octave, CheckpointManifest checkpoint, CancellationToken cancellation)
    {
        _order = _order with { NumericsClass = checkpoint.NumericsClass };
        _held.Add(octave);
        try
        {
            var round = await StartAsync(new BandRound(BandEvent.Loaded, octave, checkpoint.Steps), octave,
                (grain, band) => grain.LoadAsync(_order, checkpoint.Steps, checkpoint.Parts[band].Crc32c), cancellation);
            await round;
        }
        catch (JobProblem)
        {
            await ReleaseAsync(octave, cancellation);
            throw;
        }
        Newest = octave;
    }

    /// <summary>Has every band write its rows to a checkpoint, and returns when all have begun: the next gradient may start then.</summary>
    /// <returns>What the bands have written, topmost first; it fails when none is at it any more and one has failed.</returns>
    public async Task<Task<IReadOnlyList<KeptRows>>> KeepAsync(Octave octave, int steps, CancellationToken cancellation)
    {
        var kept = await StartAsync(new BandRound(BandEvent.Kept, octave, steps, toTheEnd: true), octave, (grain, _) => grain.KeepAsync(steps), cancellation);
        var rows = RowsAsync();
        _keeping = rows;
        return rows;

        async Task<IReadOnlyList<KeptRows>> RowsAsync() => [.. (await kept).Select(news => news.Kept!)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
    {
        string[] names = [.. layers.Select(layer => layer.Layer)];
        string? trace = Spans.Context(Spans.Current);
        var news = await RoundAsync(BandEvent.Summed, octave, 0, band => band.SumChannelsAsync(names, trace), cancellation);
        return [.. news.Select(band => band.Sums!)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation)
    {
        string? trace = Spans.Context(Spans.Current);
        var news = await RoundAsync(BandEvent.Gradient, octave, step, band => band.GradientAsync(step, objective, trace), cancellation);
        return [.. news.Select(band => band.ToReport())];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation)
    {
        // What bands keep of their neighbours' rows takes the room of the octave before.
        await _leaving;
        string? trace = Spans.Context(Spans.Current);
        double[] levels = [.. scales.Levels];
        var what = levels.Length == 0 ? BandEvent.Measured : BandEvent.MeasuredAgain;
        var news = await RoundAsync(what, octave, step, band => band.MeasureAsync(step, levels, trace), cancellation);
        return [.. news.Select(band => band.ToReport())];
    }

    /// <inheritdoc/>
    public async Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation)
    {
        await _leaving;
        double[] levels = [.. scales.Levels];
        await RoundAsync(BandEvent.Ascended, octave, step, band => band.AscendAsync(step, levels, scales.Gradient), cancellation);
    }

    /// <summary>Has every band write its rows to the job's unfinished canvas.</summary>
    public Task WriteAsync(Octave octave, CancellationToken cancellation) =>
        RoundAsync(BandEvent.Written, octave, 0, band => band.WriteAsync(), cancellation);

    /// <summary>Stops all bands and lets go of their pixels.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        await _leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var octave in _held.ToArray())
            await ReleaseAsync(octave, cancellation);
    }

    /// <summary>A band reports; what belongs to no round under way is of no use any more.</summary>
    public void Report(BandNews news)
    {
        foreach (var round in _rounds.Keys)
            round.Take(news);
    }

    /// <summary>How the newest octave's bands stand.</summary>
    public async Task<IReadOnlyList<BandStatus>> StatusAsync() =>
        Newest is { } octave ? await Task.WhenAll(Bands(octave).Select(band => band.StatusAsync())) : [];

    /// <summary>A reduced picture of the newest octave: [height][width][3] bytes.</summary>
    public async Task<byte[]> PreviewAsync(Octave octave, int height, int width)
    {
        var rows = await Task.WhenAll(Bands(octave).Select(band => band.PreviewAsync(height, width)));
        var picture = new byte[height * width * 3];
        foreach (var part in rows)
            part.Rgb.CopyTo(picture.AsSpan(part.First * width * 3));
        return picture;
    }

    private async Task ReleaseAsync(Octave octave, CancellationToken cancellation)
    {
        await RoundAsync(BandEvent.Released, octave, 0, band => band.ReleaseAsync(), cancellation);
        _held.Remove(octave);
    }

    /// <summary>Lets go of an octave when no checkpoint of it is being written any more.</summary>
    private async Task LeaveAsync(Octave octave, CancellationToken cancellation)
    {
        await _keeping.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        await ReleaseAsync(octave, cancellation);
    }

    private async Task<IReadOnlyList<BandNews>> RoundAsync(BandEvent what, Octave octave, int step, Func<IBandGrain, Task> start, CancellationToken cancellation)
    {
        var round = await StartAsync(new BandRound(what, octave, step), octave, (grain, _) => start(grain), cancellation);
        return await round;
    }

    /// <summary>Returns when every band has been told.</summary>
    /// <returns>The bands' news.</returns>
    private async Task<Task<IReadOnlyList<BandNews>>> StartAsync(BandRound round, Octave octave, Func<IBandGrain, int, Task> start, CancellationToken cancellation)
    {
        _rounds[round] = true;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, octave.Bands).Select(band => start(Band(octave, band), band)));
        }
        catch
        {
            _rounds.TryRemove(round, out _);
            throw;
        }
        return EndAsync();

        async Task<IReadOnlyList<BandNews>> EndAsync()
        {
            try
            {
                return await round.Done.WaitAsync(cancellation);
            }
            finally
            {
                _rounds.TryRemove(round, out _);
            }
        }
    }

    private IEnumerable<IBandGrain> Bands(Octave octave) => Enumerable.Range(0, octave.Bands).Select(band => Band(octave, band));

    private IBandGrain Band(Octave octave, int band) => grains.GetGrain<IBandGrain>(new BandKey(_order.Job, octave.Index, band).ToString());
}
