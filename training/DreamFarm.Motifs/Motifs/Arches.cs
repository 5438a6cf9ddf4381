using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>An arcade in storeys: round or pointed arches with voussoirs, bricks and ledges.</summary>
internal sealed class Arches : Motif
{
    public override string Name => "arches";

    public override MotifForm Form => MotifForm.Texture;

    public override bool Upright => true;

    public override (float Least, float Most) Span => (0.8f, 2.2f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var storey = draws.Uniform(1.3f, 1.9f);
        var width = draws.Uniform(0.3f, 0.38f);
        var pointed = draws.Chance(0.35f);
        var seed = draws.Uniform(0, 9);
        var bricks = 0.5f * draws.Uniform(0, 1);
        var within = 0.4f * draws.Uniform(0, 1);

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v, pixel) = (spot.U, spot.V, spot.Pixel);
            var row = MathF.Floor(v / storey);
            var column = MathF.Floor(u);
            var (x, y) = (u - column - 0.5f, storey * 0.45f - (v - row * storey));        // up, 0 where the arch springs
            var above = y > 0;
            var across = MathF.Abs(x);
            var distance = (!above ? across : pointed ? Length(across + width, y) - width : Length(x, y)) - width;
            var open = Inside(distance, pixel);

            var wall = 0.72f + 0.12f * Hash(column, row, seed) - (above ? 0 : 0.25f * Step(across, 0.5f, 0.4f));
            var inside = 0.1f + within * Step(-y, -0.2f, 0.9f);
            paint.Tone(Lerp(wall, inside, open));

            paint.Over(bricks * (1 - open) * Line(Fraction(v * 5) - 0.5f, 0.05f, pixel * 5), Ink.Ramp1);
            paint.Over(Line(distance - 0.11f, 0.015f, pixel), Ink.Ramp0);
            if (above && distance is > 0 and < 0.11f)
                paint.Over(Line(MathF.Sin(MathF.Atan2(y, x) * 7), 0.12f, pixel * 8), Ink.Ramp0);
            paint.Over(Line(distance, 0.03f, pixel), Ink.Ramp3);
            var rise = Fraction(v / storey + 0.02f);
            // A storey ends within its ledge, which hides that the openings above end without an edge.
            paint.Over(Line(rise - 0.03f, 0.03f, pixel / storey), Ink.Ramp3);
            paint.Over((1 - open) * Line(rise - 0.08f, 0.015f, pixel / storey), Ink.Dark);
        };
    }
}
