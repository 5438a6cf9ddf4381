using System.Numerics;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>
/// The colours of one picture: a ramp of four from dark to light, an accent, almost black and almost white. Natural and
/// muted; contrast is mainly in luminance, so that a class is told by its form and not by its colour.
/// </summary>
internal sealed class Palette
{
    private const int Count = 7;
    private readonly Vector3[] _inks = new Vector3[Count];

    /// <summary>A colour: red, green and blue in [0, 1].</summary>
    public Vector3 this[Ink ink] => _inks[(int)ink];

    /// <summary>Draws other colours.</summary>
    /// <param name="draws">Where they are drawn from.</param>
    /// <param name="saturation">A factor on how colourful they are.</param>
    public void Draw(Draws draws, float saturation)
    {
        var family = draws.Uniform(0, 1);
        var hue = family switch
        {
            < 0.30f => 0.08f + 0.04f * draws.Normal(),      // earth, skin and wood
            < 0.50f => 0.58f + 0.05f * draws.Normal(),      // sky and water
            < 0.68f => 0.28f + 0.07f * draws.Normal(),      // leaves
            _ => draws.Uniform(0, 1),
        };
        var drift = 0.06f * draws.Normal();
        var strength = 0.75f * saturation * Beta(draws, 2, 2.6f);
        var (dark, light) = (draws.Uniform(0.05f, 0.33f), draws.Uniform(0.68f, 1));
        for (var k = 0; k < 4; k++)
        {
            var t = k / 3f;
            _inks[k] = FromHsv(
                hue + drift * (k - 1.5f),
                Shapes.Clip(strength * draws.Uniform(0.7f, 1.2f) * (1.15f - 0.6f * t)),
                dark + (light - dark) * MathF.Pow(t, draws.Uniform(0.7f, 1.2f)));
        }
        var apart = draws.Chance(0.5f) ? 0.5f : draws.Choose([-0.18f, 0.18f, 0.3f]);
        _inks[(int)Ink.Accent] = FromHsv(
            hue + apart + 0.04f * draws.Normal(),
            Math.Clamp(strength * 1.4f + 0.1f, 0, 0.85f) * saturation,
            draws.Uniform(0.45f, 0.95f));
        _inks[(int)Ink.Dark] = FromHsv(hue, strength * 0.8f, draws.Uniform(0, 0.12f));
        _inks[(int)Ink.Light] = FromHsv(hue, strength * 0.15f, draws.Uniform(0.88f, 1));
    }

    /// <summary>Turns dark and light round.</summary>
    public void Invert()
    {
        Array.Reverse(_inks, 0, 4);
        (_inks[(int)Ink.Dark], _inks[(int)Ink.Light]) = (_inks[(int)Ink.Light], _inks[(int)Ink.Dark]);
    }

    /// <summary>The ramp at t, from 0, dark, to 1, light.</summary>
    public Vector3 Tone(float t)
    {
        var x = 3 * Shapes.Clip(t);
        var k = Math.Clamp((int)x, 0, 2);
        return Vector3.Lerp(_inks[k], _inks[k + 1], x - k);
    }

    /// <summary>A colour from its hue in turns, and its saturation and value in [0, 1].</summary>
    public static Vector3 FromHsv(float hue, float saturation, float value)
    {
        var sector = 6 * Shapes.Fraction(hue);
        return new Vector3(Channel(5), Channel(3), Channel(1));

        float Channel(int from)
        {
            var k = (from + sector) % 6;
            return value - value * saturation * Shapes.Clip(MathF.Min(k, 4 - k));
        }
    }

    /// <summary>A draw from a beta distribution, after Jöhnk.</summary>
    private static float Beta(Draws draws, float a, float b)
    {
        while (true)
        {
            var x = MathF.Pow(draws.Uniform(0, 1), 1 / a);
            var y = MathF.Pow(draws.Uniform(0, 1), 1 / b);
            if (x + y is > 0 and <= 1)
                return x / (x + y);
        }
    }
}
