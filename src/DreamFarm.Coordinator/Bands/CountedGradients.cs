using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>Counts the pixels of the cores that come back.</summary>
internal sealed class CountedGradients(IGradientSource source) : IGradientSource
{
    private long _pixels;

    /// <summary>Pixels so far.</summary>
    public long Pixels => Interlocked.Read(ref _pixels);

    public async Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
    {
        var core = await source.ComputeAsync(request, cancellation);
        Interlocked.Add(ref _pixels, (long)request.Tile.Core.Height * request.Tile.Core.Width);
        return core;
    }

    public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
        source.MeasureAsync(request, layers, cancellation);
}
