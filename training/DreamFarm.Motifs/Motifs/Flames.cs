using System.Numerics;
using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>Tongues of fire in rows, each of three colours one within the other; mostly warm.</summary>
internal sealed class Flames : Motif
{
    public override string Name => "flames";

    public override MotifForm Form => MotifForm.Texture;

    public override bool Upright => true;

    public override (float Least, float Most) Span => (0.9f, 2.4f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var seed = draws.Uniform(0, 9);
        var sway = draws.Uniform(0.2f, 0.35f);
        var height = draws.Uniform(0.9f, 1.4f);
        var smoke = canvas.Noise(7);
        var warm = draws.Chance(0.65f);
        var outer = warm ? Colour(0.02f, 0.8f, 0.75f) : Colour(draws.Uniform(0, 1), 0.4f, 0.45f);
        var middle = warm ? Colour(0.08f, 0.75f, 0.95f) : Colour(draws.Uniform(0, 1), 0.35f, 0.75f);
        var inner = warm ? Colour(0.14f, 0.5f, 1) : Colour(draws.Uniform(0, 1), 0.2f, 0.95f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v, pixel) = (spot.U, spot.V, spot.Pixel);
            var first = MathF.Floor(v / height);
            var (all, core, heart, edge) = (0f, 0f, 0f, 0f);
            for (var before = 0; before <= 2; before++)
            {
                var row = first + before;
                var shift = Stagger(row);
                var column = MathF.Floor(u + shift);
                var random = Hash(column, row, seed);
                var y = ((row + 0.4f) * height - v) / (1.6f + 0.7f * random);        // up from the base
                if (y is >= 1 or <= -0.55f)
                    continue;
                var x = MathF.Abs(u + shift - column - 0.5f - 0.9f * sway * MathF.Sin(y * 4.5f + random * Turn) * y * Math.Clamp(y + 0.2f, 0, 1.5f));
                var foot = Step(y, -0.55f, 0.12f);
                var width = Width(y, 1, foot);
                var mask = Inside(x - width, pixel * 1.5f);
                all = MathF.Max(all * (1 - mask), mask);
                core = MathF.Max(core * (1 - mask), Inside(x - Width(y, 0.66f, foot), pixel * 1.5f));
                heart = MathF.Max(heart * (1 - mask), Inside(x - Width(y, 0.34f, foot), pixel * 1.5f));
                var line = y > 0 && width > 0 ? Line(x - width, 0.03f, pixel) : 0;
                edge = MathF.Max(edge * (1 - mask), line);
            }
            paint.Tone(0.05f + 0.12f * smoke[spot]);
            paint.Over(all, outer);
            paint.Over(0.7f * edge, Ink.Dark);
            paint.Over(core, middle);
            paint.Over(heart, inner);
            paint.Alpha = all + 0.5f;
        };

        Vector3 Colour(float hue, float saturation, float value) => Palette.FromHsv(
            hue + 0.02f * draws.Normal(), saturation * draws.Uniform(0.8f, 1), value * draws.Uniform(0.85f, 1));
    }

    /// <summary>Half the width of a tongue at a height, of the whole or of what burns within it.</summary>
    private static float Width(float y, float share, float foot)
    {
        var left = 1 - y * MathF.Pow(share, -0.55f);
        return left > 0 ? 0.62f * share * MathF.Pow(MathF.Min(left, 1), 0.85f) * foot : 0;
    }
}
