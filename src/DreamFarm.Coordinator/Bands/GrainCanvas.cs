using DreamFarm.Dreaming;
using DreamFarm.Telemetry;
using Orleans;

namespace DreamFarm.Coordinator;

/// <summary>
/// A canvas whose bands are grains. Each of the dream's calls is one round: every band is told to start, and the round ends
/// when every band has reported. Pixels do not pass through here.
/// </summary>
internal sealed class GrainCanvas(BandOrder order, IGrainFactory grains) : ICanvas
{
    private readonly List<Octave> _held = [];
    private volatile BandRound? _round;

    /// <summary>The octave whose bands hold the newest pixels; null before the first.</summary>
    public Octave? Newest { get; private set; }

    /// <inheritdoc/>
    public async Task OpenAsync(Octave octave, CancellationToken cancellation)
    {
        _held.Add(octave);
        await RoundAsync(BandEvent.Opened, octave, 0, band => band.OpenAsync(order), cancellation);
        var before = Newest;
        Newest = octave;
        if (before is not null)
            await ReleaseAsync(before, cancellation);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, CancellationToken cancellation)
    {
        string? trace = Spans.Context(Spans.Current);
        var news = await RoundAsync(BandEvent.Gradient, octave, step, band => band.GradientAsync(step, trace), cancellation);
        return [.. news.Select(band => band.ToReport())];
    }

    /// <inheritdoc/>
    public Task AscendAsync(Octave octave, int step, double standardDeviation, CancellationToken cancellation) =>
        RoundAsync(BandEvent.Ascended, octave, step, band => band.AscendAsync(step, standardDeviation), cancellation);

    /// <summary>Has every band write its rows to the job's unfinished canvas.</summary>
    public Task WriteAsync(Octave octave, CancellationToken cancellation) =>
        RoundAsync(BandEvent.Written, octave, 0, band => band.WriteAsync(), cancellation);

    /// <summary>Stops all bands and lets go of their pixels.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        foreach (var octave in _held.ToArray())
            await ReleaseAsync(octave, cancellation);
    }

    /// <summary>A band reports; what belongs to no round under way is of no use any more.</summary>
    public void Report(BandNews news) => _round?.Take(news);

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

    private async Task<IReadOnlyList<BandNews>> RoundAsync(BandEvent what, Octave octave, int step, Func<IBandGrain, Task> start, CancellationToken cancellation)
    {
        var round = new BandRound(what, octave, step);
        _round = round;
        await Task.WhenAll(Bands(octave).Select(start));
        return await round.Done.WaitAsync(cancellation);
    }

    private IEnumerable<IBandGrain> Bands(Octave octave) =>
        Enumerable.Range(0, octave.Bands).Select(band => grains.GetGrain<IBandGrain>(new BandKey(order.Job, octave.Index, band).ToString()));
}
