using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A honeycomb's hexagons, some of them filled.</summary>
internal sealed class Honeycomb : Motif
{
    public override string Name => "honeycomb";

    public override MotifForm Form => MotifForm.Texture;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var width = draws.Uniform(0.04f, 0.1f);
        var seed = draws.Uniform(0, 9);
        var deep = draws.Chance(0.5f);
        var filled = draws.Chance(0.5f);
        var wet = draws.Chance(0.4f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (x, y) = Hexagon(spot.U, spot.V);
            var random = Hash(MathF.Round((spot.U - x) * 2), MathF.Round((spot.V - y) * 2), seed);
            var across = MathF.Abs(x);
            var distance = 0.5f - MathF.Max(across, across * 0.5f + MathF.Abs(y) * 0.8660254f);        // to the nearest wall's middle
            var wall = Inside(distance - width, spot.Pixel);
            var tone = filled && random > 0.7f ? 0.8f + 0.2f * x
                : deep ? 0.6f - 0.45f * Step(distance, width, 0.4f) + 0.3f * y + 0.15f * random
                : 0.15f + 0.35f * Step(distance, 0, 0.4f) + 0.2f * random;
            paint.Tone(Lerp(tone, 0.95f - 2 * distance, wall));
            paint.Over(Line(distance - width, 0.025f, spot.Pixel), Ink.Dark);
            if (wet)
                paint.Over((1 - wall) * Inside(Length(x + 0.12f, y + 0.14f) - 0.06f, spot.Pixel), Ink.Light);
        };
    }
}
