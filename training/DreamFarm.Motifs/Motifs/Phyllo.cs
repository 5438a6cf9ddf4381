using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>The seeds of a sunflower: two families of spirals that cross, with numbers of arms next to each other in Fibonacci's row.</summary>
internal sealed class Phyllo : Motif
{
    public override string Name => "phyllo";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        // The first and the last are not of the row: they give lozenges of another proportion.
        var (left, right) = draws.Choose<(int, int)>([(8, 13), (13, 21), (8, 8), (13, 8)]);
        var winding = draws.Uniform(3.2f, 5) * (left + right) / 21;
        var dotted = draws.Chance(0.5f);

        return (in Spot spot, ref Paint paint) =>
        {
            var radius = Length(spot.U, spot.V) + 1e-3f;
            if (radius > 0.98f)
            {
                paint.Alpha = 0;
                return;
            }

            var theta = MathF.Atan2(spot.V, spot.U);
            var logarithm = winding * 2 * MathF.Log(radius + 0.05f);
            var x = Fraction((left * theta + logarithm) / Turn) - 0.5f;
            var y = Fraction((logarithm - right * theta) / Turn) - 0.5f;
            var soft = spot.Pixel * winding / radius / 3;
            paint.Tone(0.85f - 1.3f * (x * x + y * y) + 0.35f * (x + y));
            paint.Over(Line(MathF.Max(MathF.Abs(x), MathF.Abs(y)) - 0.5f, 0.07f, soft * 1.2f), Ink.Dark);
            if (dotted)
                paint.Over(Inside(Length(x + 0.1f, y + 0.1f) - 0.1f, soft), Ink.Accent);
            paint.Over(Inside(radius - 0.07f, spot.Pixel), Ink.Ramp1);
            paint.Shade = 0.7f + 0.4f * Step(radius, 0, 0.7f);
            paint.Alpha = 1 - Step(radius, 0.9f, 0.98f);
        };
    }
}
