using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A mandala: three rings of petals with dots in them, around a heart.</summary>
internal sealed class Mandala : Motif
{
    public override string Name => "mandala";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var sectors = draws.Choose<int>([6, 8, 8, 10, 12]);
        var waves = draws.Integer(2, 4);
        ReadOnlySpan<Ink> inks = [Ink.Ramp3, Ink.Accent, Ink.Ramp0, Ink.Light, Ink.Ramp1];
        var rings = new Ring[3];
        for (var i = 0; i < rings.Length; i++)
            rings[i] = new(0.22f + 0.23f * i, draws.Uniform(0.12f, 0.26f), draws.Uniform(0.8f, 2.2f), draws.Chance(0.7f), draws.Choose(inks), draws.Choose(inks), draws.Choose(inks));

        return (in Spot spot, ref Paint paint) =>
        {
            var pixel = spot.Pixel;
            var radius = Length(spot.U, spot.V);
            if (radius > 1.1f)
            {
                paint.Alpha = 0;
                return;
            }

            // 0 on a sector's middle line, 1 at its edge.
            var side = MathF.Abs(Fraction(sectors * MathF.Atan2(spot.V, spot.U) / Turn) - 0.5f) * 2;
            paint.Tone(0.45f + 0.25f * MathF.Cos(Turn * radius * waves));
            for (var i = 0; i < rings.Length; i++)
            {
                var ring = rings[i];
                var above = radius - ring.Foot;
                if (above < -0.1f || above > ring.Height + 0.1f)
                    continue;

                // Every second ring is turned by half a sector.
                var x = i == 1 ? 1 - side : side;
                var rim = above - ring.Height * (1 - MathF.Pow(x, ring.Sharpness));
                paint.Over(Inside(MathF.Max(rim, -above), pixel), ring.Petal);
                if (above > -0.02f)
                    paint.Over(Line(rim, 0.016f, pixel), Ink.Dark);
                paint.Over(Line(above, 0.016f, pixel), ring.Band);
                if (ring.Dotted)
                    paint.Over(Inside(Length(x * MathF.PI / sectors * radius, above - ring.Height * 0.45f) - 0.045f, pixel), ring.Dot);
            }

            paint.Over(Inside(radius - 0.16f, pixel), Ink.Accent);
            paint.Over(Line(radius - 0.16f, 0.015f, pixel), Ink.Dark);
            paint.Over(Inside(radius - 0.06f, pixel), Ink.Light);
            paint.Over(Line(radius - 0.95f, 0.02f, pixel), Ink.Dark);
            paint.Alpha = Inside(radius - 0.97f, pixel);
        };
    }

    /// <param name="Foot">The radius on which the petals stand.</param>
    /// <param name="Sharpness">The power of the petals' outline: below 1 pointed, above 1 round.</param>
    private sealed record Ring(float Foot, float Height, float Sharpness, bool Dotted, Ink Petal, Ink Band, Ink Dot);
}
