namespace DreamFarm.Dreaming;

/// <summary>
/// All sizes of a dream, fixed before it begins and a function of the spec alone: never of the machines that happen to
/// be there.
/// </summary>
public sealed class Plan
{
    /// <summary>An octave whose smaller side has fewer pixels than this is refused.</summary>
    public const int SmallestSide = 16;

    /// <summary>Pixels that a band has at least; one owner holds at most some tens of megabytes.</summary>
    private const int BandPixels = 4 << 20;

    /// <summary>Rows of a band over the rows that a filter looks up or down: those it keeps of its neighbours then take less than 4 bytes a pixel.</summary>
    private const int RowsPerReach = 7;

    private Plan(DreamSpec spec, IReadOnlyList<Octave> octaves)
    {
        Spec = spec;
        Octaves = octaves;
    }

    /// <summary>What the plan was made from.</summary>
    public DreamSpec Spec { get; }

    /// <summary>Smallest first; the last has the output's size.</summary>
    public IReadOnlyList<Octave> Octaves { get; }

    /// <summary>Pixels stepped in the whole dream: the sum over octaves of pixels x steps.</summary>
    public long PixelSteps => Octaves.Sum(octave => octave.Size.Pixels * Spec.Steps);

    /// <summary>Pixels stepped before a point in the dream.</summary>
    public long PixelStepsBefore(Position position) =>
        Octaves.Take(position.Octave).Sum(octave => octave.Size.Pixels * Spec.Steps) + Octaves[position.Octave].Size.Pixels * position.Steps;

    /// <summary>The largest window of any step, pixels: what a worker must be able to hold.</summary>
    public long LargestWindow => Octaves.Max(octave => octave.LargestWindow.Pixels);

    /// <summary>Lays out a dream.</summary>
    /// <returns>The plan, or null and one sentence that says which octave cannot be and why.</returns>
    public static Plan? Create(DreamSpec spec, out string? problem) => Create(spec, BandPixels, out problem);

    internal static Plan? Create(DreamSpec spec, int bandPixels, out string? problem)
    {
        var octaves = new Octave[spec.Octaves];
        for (int k = 0; k < octaves.Length; k++)
        {
            // round(output / scale^(n-1-k)), half to even, as Python rounds.
            double divisor = Math.Pow(spec.OctaveScale, octaves.Length - 1 - k);
            var size = new Size(
                Math.Max(1, (int)Math.Round(spec.Output.Height / divisor)),
                Math.Max(1, (int)Math.Round(spec.Output.Width / divisor)));
            if (Math.Min(size.Height, size.Width) < SmallestSide)
            {
                problem = $"octave {k + 1} would be {size} pixels; its smaller side must be at least {SmallestSide}: "
                    + (octaves.Length == 1 ? "take a larger output" : "take fewer octaves, a smaller octave scale or a larger output");
                return null;
            }
            octaves[k] = new Octave(k, size, spec, BandRows(size, spec, bandPixels));
        }

        // A band's rows are addressed as one span.
        if (octaves.FirstOrDefault(octave => 3L * octave.BandRows * octave.Size.Width > int.MaxValue) is { } wide)
        {
            problem = $"octave {wide.Index + 1} would be {wide.Size} pixels, too wide for "
                + (RowsPerReach * (spec.Filter?.Reach ?? 0) > wide.Tile ? "this filter: take a smaller one" : $"tiles of {wide.Tile}: take a smaller tile");
            return null;
        }
        problem = null;
        return new Plan(spec, octaves);
    }

    private static int BandRows(Size size, DreamSpec spec, int bandPixels)
    {
        int rows = Math.Max((bandPixels + size.Width - 1) / size.Width, AutomaticTile.Resolve(spec, size));
        rows = Math.Max(rows, RowsPerReach * (spec.Filter?.Reach ?? 0));
        // The last band is not a sliver: bands are of even height.
        int bands = Math.Max(1, size.Height / rows);
        return (size.Height + bands - 1) / bands;
    }
}
