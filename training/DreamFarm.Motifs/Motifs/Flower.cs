using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A daisy from above: one or two rings of petals around a seeded heart.</summary>
internal sealed class Flower : Motif
{
    public override string Name => "flower";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var petals = draws.Integer(5, 12);
        var turn = draws.Uniform(0, 3);
        var roundness = draws.Uniform(0.35f, 1);
        var heart = draws.Uniform(0.16f, 0.32f);
        var inner = draws.Chance(0.5f);

        return (in Spot spot, ref Paint paint) =>
        {
            var pixel = spot.Pixel;
            var radius = Length(spot.U, spot.V);
            if (radius > 1.1f)
            {
                paint.Alpha = 0;
                return;
            }

            var theta = MathF.Atan2(spot.V, spot.U);
            var (sine, cosine) = MathF.SinCos(petals * theta / 2 + turn);

            // 1 on a petal's middle line, 0 between two petals; the inner ring stands in the gaps of the outer one.
            float outerPetal = MathF.Abs(cosine), innerPetal = MathF.Abs(sine);
            var outerRim = 0.45f + 0.5f * MathF.Pow(outerPetal, roundness);
            var innerRim = 0.30f + 0.36f * MathF.Pow(innerPetal, roundness);
            var furrows = MathF.Sin((petals * theta / 2 + turn) * 10);
            var tone = 0.95f - 0.55f * Step(radius, 0.8f, 0.15f) + 0.12f * furrows * Step(radius, 0.2f, 0.5f) * outerPetal - 0.45f * (1 - MathF.Sqrt(outerPetal));
            var front = inner ? Inside(radius - innerRim, pixel) : 0;
            paint.Tone(Lerp(tone, 0.9f - 0.6f * Step(radius, 0.65f, 0.2f) - 0.3f * (1 - MathF.Sqrt(innerPetal)), front));
            paint.Over(Line(radius - outerRim, 0.022f, pixel), Ink.Ramp0);
            if (inner)
                paint.Over(Line(radius - innerRim, 0.018f, pixel), Ink.Ramp0);

            var disc = Inside(radius - heart, pixel);
            var seeds = MathF.Sin(radius * 42 + 3 * theta) * MathF.Sin(radius * 42 - 5 * theta);
            paint.Over(disc, Ink.Accent);
            if (seeds > 0.1f)
                paint.Over(disc * 0.8f, Ink.Dark);
            paint.Over(Line(radius - heart, 0.03f, pixel) * 0.7f, Ink.Dark);
            paint.Alpha = MathF.Max(Inside(radius - outerRim, pixel), front);
        };
    }
}
