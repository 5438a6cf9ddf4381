using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>An almond-shaped eye with lids, or an animal's round one; sometimes with a slit for a pupil.</summary>
internal sealed class Eye : Motif
{
    public override string Name => "eye";

    public override bool Invertible => false;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var round = draws.Chance(0.4f);
        var slit = draws.Chance(0.2f);
        var opening = draws.Uniform(0.45f, 0.75f);
        var (gazeX, gazeY) = (draws.Uniform(-0.1f, 0.1f), draws.Uniform(-0.08f, 0.08f));
        var iris = round ? draws.Uniform(0.5f, 0.66f) : MathF.Min(draws.Uniform(0.38f, 0.55f), opening * 1.02f);
        var pupil = iris * (slit ? draws.Uniform(0.7f, 0.85f) : draws.Uniform(0.36f, 0.58f));
        var fibres = draws.Integer(14, 34);
        var white = round ? 0.85f : 0.97f;
        var (lightX, lightY) = (iris * draws.Uniform(0.15f, 0.4f), iris * draws.Uniform(0.2f, 0.45f));
        var light = iris * draws.Uniform(0.16f, 0.26f);
        var lashes = draws.Chance(0.45f) ? draws.Uniform(3, 6) : 0;
        var lid = draws.Uniform(0.025f, 0.07f);
        var crease = draws.Uniform(0.14f, 0.24f);
        var glow = draws.Chance(0.75f) ? 0.55f : 0;
        var reach = 0.05f + 0.45f * draws.Uniform(0.7f, 1.3f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v, pixel) = (spot.U, spot.V, spot.Pixel);
            var distance = round ? Length(u, v) - 0.74f : MathF.Abs(v) - opening * (1 - Square(u / 0.95f));
            paint.Alpha = 1 - Step(distance, 0.2f, reach);
            if (paint.Alpha <= 0)
                return;

            var (x, y) = (u - gazeX, v - gazeY);
            var (radius, angle) = (Length(x, y), MathF.Atan2(y, x));
            var open = Inside(distance, pixel);
            var within = Inside(radius - iris, pixel);
            var fibre = 0.13f * MathF.Sin(angle * fibres + 2 * MathF.Sin(angle * 5 + radius * 6));
            var tone = 0.38f + 0.35f * (radius / iris) + fibre - 0.55f * Step(radius, iris * 0.8f, iris);
            var outside = MathF.Max(distance, 0);
            var skin = 0.55f + 0.12f * MathF.Sin(distance * 22) * MathF.Exp(-2 * outside) - 0.25f * MathF.Exp(-9 * outside);
            paint.Tone(Lerp(Lerp(white, tone, within), skin, 1 - open));

            var core = slit ? Length(x * 2.6f, y) : radius;
            if (radius > pupil)
                paint.Over(within * open * glow, Ink.Accent);
            paint.Over(Inside(core - pupil, pixel) * open, Ink.Dark);
            paint.Over(Inside(Length(x + lightX, y + lightY) - light, pixel * 1.5f) * open, Ink.Light);
            if (v < 0.3f)
                paint.Over(0.6f * Line(distance - crease, 0.018f, pixel), Ink.Ramp0);
            if (lashes > 0 && v < 0)
                paint.Over(Line(Fraction(angle * lashes + 0.3f * distance) - 0.5f, 0.09f, pixel * 3) * Step(distance, 0, 0.03f) * (1 - Step(distance, 0.12f, 0.3f)), Ink.Dark);
            paint.Over(0.95f * Line(distance, lid, pixel), Ink.Dark);
            paint.Shade = 1 - 0.35f * Step(-v, 0.05f, 0.7f) * open;
        };
    }
}
