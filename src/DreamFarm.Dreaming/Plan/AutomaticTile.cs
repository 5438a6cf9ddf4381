namespace DreamFarm.Dreaming;

/// <summary>The tile that a plan takes when the spec leaves it open.</summary>
internal static class AutomaticTile
{
    /// <summary>Side of a core on large canvases, pixels: context of 96 then costs 1.9 times the core.</summary>
    private const int Side = 512;

    public static int Resolve(DreamSpec spec, Size size)
    {
        if (spec.Tile > 0)
            return spec.Tile;
        int side = Math.Min(Side, Math.Max(size.Height, size.Width));
        return (side + spec.Stride - 1) / spec.Stride * spec.Stride;
    }
}
