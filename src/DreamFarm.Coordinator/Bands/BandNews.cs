using System.Runtime.InteropServices;
using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>A band has done what it was told to start, or failed.</summary>
/// <param name="Event">What it was told to do.</param>
/// <param name="Step">Of <see cref="BandEvent.Gradient"/> and <see cref="BandEvent.Ascended"/>; of <see cref="BandEvent.Kept"/> and
/// <see cref="BandEvent.Loaded"/> how many steps are done; otherwise 0.</param>
/// <param name="Moments">The gradient's sum and sum of squares, row by row.</param>
/// <param name="Losses">The loss of every tile that the band computed, in the order of the tile grid.</param>
/// <param name="Problem">One sentence if it failed, otherwise null.</param>
/// <param name="Kept">Of <see cref="BandEvent.Kept"/>, unless it failed.</param>
[GenerateSerializer, Immutable]
internal sealed record BandNews(BandEvent Event, int Octave, int Band, int Step, double[] Moments, double[] Losses, string? Problem, KeptRows? Kept = null)
{
    public static BandNews Done(BandEvent what, int octave, int band, int step, BandReport? report = null) =>
        new(what, octave, band, step,
            report is null ? [] : [.. report.Rows.SelectMany(row => new[] { row.Sum, row.Squares })],
            report is null ? [] : [.. report.Losses],
            null);

    public static BandNews Failed(BandEvent what, int octave, int band, int step, string problem) => new(what, octave, band, step, [], [], problem);

    public BandReport ToReport() => new(MemoryMarshal.Cast<double, Moments>(Moments).ToArray(), Losses);
}
