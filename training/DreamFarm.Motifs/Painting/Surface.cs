namespace DreamFarm.Motifs;

/// <summary>Smooth noise over a picture, of variance about 1/4.</summary>
/// <param name="values">Pixels, row by row; lent until the picture is finished.</param>
public readonly struct Surface(float[] values)
{
    /// <summary>The surface at a pixel.</summary>
    public float this[in Spot spot] => values[spot.Index];

    /// <summary>The surface's pixels, row by row.</summary>
    internal ReadOnlySpan<float> Values => values;
}
