namespace DreamFarm.Dreaming;

/// <summary>The tile that a plan takes when the spec leaves it open.</summary>
internal static class AutomaticTile
{
    /// <summary>
    /// The longest side of a core, pixels. With a context of 144 a window is then 1120 pixels wide and evaluates 1.8 times
    /// its core, in less than 2 GB: what a processor can expect of a machine's memory.
    /// </summary>
    private const int LongestSide = 832;

    /// <summary>
    /// Up to that, the shorter side of the canvas, so that only the longer one is cut and costs context, or half of the
    /// longer one if that is more.
    /// </summary>
    public static int Resolve(DreamSpec spec, Size size)
    {
        if (spec.Tile > 0)
            return spec.Tile;
        int shorter = Math.Min(size.Height, size.Width), longer = Math.Max(size.Height, size.Width);
        int side = Math.Min(LongestSide, Math.Max(shorter, (longer + 1) / 2));
        return (side + spec.Stride - 1) / spec.Stride * spec.Stride;
    }
}
