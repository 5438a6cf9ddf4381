using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>An orb web: spokes, a sagging spiral or rings between them, sometimes dew.</summary>
internal sealed class Web : Motif
{
    public override string Name => "web";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var spokes = draws.Integer(8, 15);
        var lean = draws.Uniform(0, 6);
        var sag = draws.Uniform(0.10f, 0.3f);
        var rings = draws.Uniform(6, 11);
        var spiral = draws.Chance(0.5f) ? 1f : 0;
        var onLight = draws.Chance(0.3f);
        var dew = draws.Chance(0.4f);
        var backing = 0.6f * draws.Uniform(0, 1);
        float ground = onLight ? 0.95f : 0.05f, thread = onLight ? 0 : 1;

        return (in Spot spot, ref Paint paint) =>
        {
            var pixel = spot.Pixel;
            var radius = Length(spot.U, spot.V) + 1e-4f;
            if (radius > 1.15f)
            {
                paint.Alpha = 0;
                return;
            }

            var theta = MathF.Atan2(spot.V, spot.U);
            var sector = Fraction(spokes * (theta + 0.12f * MathF.Sin(theta * 2 + lean) + 0.06f * MathF.Sin(3 * theta + 1)) / Turn) - 0.5f;
            var fromSpoke = (0.5f - MathF.Abs(sector)) * Turn * radius / spokes;
            var sagged = radius * (1 + sag * (1 - 4 * sector * sector));
            var fromRing = (Fraction(sagged * rings + theta / Turn * spiral) - 0.5f) / rings;
            var ring = sagged < 1.05f && radius > 0.06f ? Line(fromRing, 0.011f, pixel) : 0;
            var threads = Clip(Line(fromSpoke, 0.012f, pixel) + ring) * (1 - Step(radius, 0.95f, 1.12f));
            var drop = dew && radius < 1 ? Inside(Length(fromRing, fromSpoke) - 0.028f, pixel) : 0;
            paint.Tone(Lerp(ground, thread, Clip(threads + drop)));
            paint.Alpha = MathF.Max(MathF.Max(threads, drop), backing * (1 - Step(radius, 0.6f, 1.15f)));
        };
    }
}
