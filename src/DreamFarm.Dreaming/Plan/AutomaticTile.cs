namespace DreamFarm.Dreaming;

/// <summary>The tile that a plan takes when the spec leaves it open.</summary>
internal static class AutomaticTile
{
    /// <summary>
    /// The longest side of a core, pixels, for contexts of up to a third of it. A window's pixel costs the same time at any tile (the
    /// <c>tiles</c> bench: SqueezeNet fire8 0.38 to 0.44 processor seconds a megapixel from tile 256 to 1280, Inception v3
    /// mixed5 0.92 to 0.95), so a tile costs what its context adds: at context 96 a window is 1.5 times its core with 832 and
    /// 1.3 times with 1280, but takes 1.0 GB and 2.1 GB. With 832 a processor gets by with what it can expect of a machine's memory.
    /// </summary>
    private const int LongestSide = 832;

    /// <summary>
    /// The longest side where contexts are wide: with Inception v3 mixed5's 336 a window is 3.3 times its core with 832, and
    /// 2.8 times with three times the context.
    /// </summary>
    private const int LongestSideOfWideContexts = 1024;

    /// <summary>
    /// Up to that, the shorter side of the canvas, so that only the longer one is cut and costs context, or half of the
    /// longer one if that is more.
    /// </summary>
    public static int Resolve(DreamSpec spec, Size size)
    {
        if (spec.Tile > 0)
            return spec.Tile;
        int shorter = Math.Min(size.Height, size.Width), longer = Math.Max(size.Height, size.Width);
        int longest = Math.Clamp(3 * spec.Context, LongestSide, LongestSideOfWideContexts);
        int side = Math.Min(longest, Math.Max(shorter, (longer + 1) / 2));
        return (side + spec.Stride - 1) / spec.Stride * spec.Stride;
    }
}
