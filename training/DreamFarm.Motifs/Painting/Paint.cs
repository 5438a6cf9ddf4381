using System.Numerics;

namespace DreamFarm.Motifs;

/// <summary>The colour of one pixel of a motif while it is painted.</summary>
public struct Paint
{
    private readonly Palette _palette;
    private Vector3 _colour;

    internal Paint(Palette palette)
    {
        _palette = palette;
        Shade = Alpha = 1;
    }

    /// <summary>A factor on the colour; 1 unless set.</summary>
    public float Shade;

    /// <summary>How much of the pixel the motif covers, 0 to 1; 1 unless set.</summary>
    public float Alpha;

    /// <summary>The colour with its shade: red, green and blue, about [0, 1].</summary>
    internal readonly Vector3 Colour => _colour * Shade;

    /// <summary>Sets the colour: the palette's ramp at t, from 0, dark, to 1, light.</summary>
    public void Tone(float t) => _colour = _palette.Tone(t);

    /// <summary>Paints a colour of the palette over what is there, where the mask is 1.</summary>
    public void Over(float mask, Ink ink)
    {
        if (mask > 0)
            Over(mask, _palette[ink]);
    }

    /// <summary>Paints a colour, red, green and blue in [0, 1], over what is there, where the mask is 1.</summary>
    public void Over(float mask, Vector3 colour)
    {
        if (mask > 0)
            _colour = Vector3.Lerp(_colour, colour, MathF.Min(mask, 1));
    }
}
