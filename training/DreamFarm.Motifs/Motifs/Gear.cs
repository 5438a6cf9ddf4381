using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A cogwheel: square teeth, a rim, spokes or holes, and a bored hub.</summary>
internal sealed class Gear : Motif
{
    public override string Name => "gear";

    public override (float Least, float Most) Radius => (0.55f, 1.6f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var teeth = draws.Integer(8, 15);
        var steepness = draws.Uniform(2, 4);
        var depth = draws.Uniform(0.08f, 0.13f);
        var bore = draws.Uniform(0.1f, 0.18f);
        var openings = draws.Integer(3, 6);
        var spoked = draws.Chance(0.6f);
        var sheen = draws.Uniform(0, 6);
        var darkness = draws.Uniform(0.75f, 1);

        return (in Spot spot, ref Paint paint) =>
        {
            var pixel = spot.Pixel;
            var radius = Length(spot.U, spot.V) + 1e-4f;
            if (radius > 1.1f)
            {
                paint.Alpha = 0;
                return;
            }

            var theta = MathF.Atan2(spot.V, spot.U);
            var rim = 0.86f + depth * Math.Clamp(MathF.Sin(theta * teeth) * steepness, -1, 1);
            var fromRim = radius - rim;

            // 0 on an opening's middle line, 1 on a spoke's.
            var side = MathF.Abs(Fraction(openings * theta / Turn) - 0.5f) * 2;
            var arc = MathF.PI / openings * radius;
            var opening = spoked
                ? MathF.Max(MathF.Max(radius - 0.6f, bore + 0.16f - radius), 0.085f - (1 - side) * arc)
                : Length(side * arc, radius - 0.44f) - 0.13f;
            var toHub = radius - bore;
            var hole = Clip(Inside(opening, pixel) + Inside(toHub, pixel));

            // Turned metal: two opposite sectors shine.
            paint.Tone(0.62f + 0.28f * MathF.Cos(2 * theta + sheen) - 0.18f * Step(radius, 0.72f, 0.76f));
            paint.Over(Line(radius - 0.72f, 0.022f, pixel), Ink.Dark);
            paint.Over(Line(fromRim + 0.07f, 0.028f, pixel), Ink.Ramp3);
            paint.Over(hole * darkness, Ink.Dark);
            paint.Over(Line(opening - 0.035f, 0.022f, pixel), Ink.Ramp3);
            paint.Over(Line(toHub - 0.05f, 0.022f, pixel), Ink.Ramp3);
            paint.Over(MathF.Max(Line(fromRim, 0.036f, pixel), MathF.Max(Line(opening, 0.022f, pixel), Line(toHub, 0.025f, pixel))), Ink.Dark);
            paint.Alpha = Inside(fromRim - 0.02f, pixel);
        };
    }
}
