namespace DreamFarm.Motifs;

/// <summary>A pixel's place, in a motif's own coordinates.</summary>
/// <param name="u">To the right.</param>
/// <param name="v">Down.</param>
/// <param name="pixel">The side of a pixel, for edges without stairs.</param>
/// <param name="index">The pixel's number in the picture, row by row, for what lies over the picture rather than on the motif.</param>
public readonly struct Spot(float u, float v, float pixel, int index)
{
    /// <summary>To the right, in local units.</summary>
    public readonly float U = u;

    /// <summary>Down, in local units.</summary>
    public readonly float V = v;

    /// <summary>The side of a pixel, in local units.</summary>
    public readonly float Pixel = pixel;

    /// <summary>The pixel's number in the picture, row by row.</summary>
    public readonly int Index = index;
}
