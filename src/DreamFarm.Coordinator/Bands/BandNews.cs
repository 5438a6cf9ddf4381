using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>A band has done what it was told to start, or failed.</summary>
/// <param name="Event">What it was told to do.</param>
/// <param name="Step">Of <see cref="BandEvent.Gradient"/>, <see cref="BandEvent.Measured"/>, <see cref="BandEvent.MeasuredAgain"/> and <see cref="BandEvent.Ascended"/>; of <see cref="BandEvent.Kept"/> and
/// <see cref="BandEvent.Loaded"/> how many steps are done; otherwise 0.</param>
/// <param name="Rows">The figures of a <see cref="BandReport"/>, row by row.</param>
/// <param name="Losses">The loss of every tile that the band computed, in the order of the tile grid.</param>
/// <param name="Problem">One sentence if it failed, otherwise null.</param>
/// <param name="Kept">Of <see cref="BandEvent.Kept"/>, unless it failed.</param>
/// <param name="Sums">Of <see cref="BandEvent.Summed"/>, unless it failed: the channels' sums over the band's tiles, one layer behind the other.</param>
[GenerateSerializer, Immutable]
internal sealed record BandNews(BandEvent Event, int Octave, int Band, int Step, double[] Rows, double[] Losses, string? Problem, KeptRows? Kept = null, double[]? Sums = null)
{
    public static BandNews Done(BandEvent what, int octave, int band, int step, BandReport? report = null) =>
        new(what, octave, band, step,
            report is null ? [] : [.. report.Rows],
            report is null ? [] : [.. report.Losses],
            null);

    public static BandNews Failed(BandEvent what, int octave, int band, int step, string problem) => new(what, octave, band, step, [], [], problem);

    public BandReport ToReport() => new(Rows, Losses);
}
