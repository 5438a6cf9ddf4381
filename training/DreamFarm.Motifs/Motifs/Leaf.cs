using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A leaf: a bent midrib, veins that leave it on both sides, a smooth or toothed edge.</summary>
internal sealed class Leaf : Motif
{
    public override string Name => "leaf";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var bend = draws.Uniform(-0.25f, 0.25f);
        var breadth = draws.Uniform(0.4f, 0.72f);
        float widest = draws.Uniform(0.7f, 1.3f), fullness = draws.Uniform(0.7f, 1.2f);
        var density = draws.Uniform(4, 8);
        var teeth = draws.Chance(0.5f) ? 0.06f : 0;
        var rise = draws.Uniform(0.5f, 1);
        var shift = draws.Chance(0.5f) ? 0.5f : 0;

        return (in Spot spot, ref Paint paint) =>
        {
            float v = spot.V, pixel = spot.Pixel;
            var u = spot.U - bend * (v * v - 0.4f);
            var across = MathF.Abs(u);
            if (across > 0.95f || v is < -1.1f or > 1.25f)
            {
                paint.Alpha = 0;
                return;
            }

            // 0 at the tip, 1 where the stalk begins; rounding may turn the sine of pi negative.
            var height = Clip((v + 1) / 2);
            var width = breadth * MathF.Pow(MathF.Max(0, MathF.Sin(MathF.PI * MathF.Pow(height, widest))), fullness);
            var outside = across - width + teeth * Fraction(v * density * 2.5f) * width;
            var blade = Inside(outside, pixel);
            var between = Fraction((v + across * rise - across * across * 0.5f) * density + (u > 0 ? shift : 0)) - 0.5f;
            paint.Tone(0.32f + 0.8f * MathF.Abs(between) + (u > 0 ? 0.2f : 0) - 0.2f * Step(outside, -0.2f, 0));
            paint.Over(Line(between / density, 0.016f, pixel) * blade, Ink.Ramp3);
            if (MathF.Abs(v) < 1)
                paint.Over(Line(outside, 0.026f, pixel), Ink.Dark);
            var rib = v is > -0.98f and < 1.2f ? Line(u, 0.018f + 0.012f * height, pixel) : 0;
            paint.Over(rib, Ink.Ramp3);
            paint.Alpha = MathF.Max(MathF.Abs(v) < 1 ? blade : 0, rib);
        };
    }
}
