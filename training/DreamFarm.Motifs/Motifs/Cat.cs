using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A cat's head: ears, slanted eyes, muzzle, whiskers, sometimes stripes.</summary>
internal sealed class Cat : Motif
{
    public override string Name => "cat";

    public override bool Upright => true;

    public override bool Invertible => false;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var earX = draws.Uniform(0.58f, 0.72f);
        var slant = draws.Uniform(0.1f, 0.5f);
        var open = draws.Uniform(0.13f, 0.2f);
        var slit = draws.Uniform(1.2f, 3);
        var whiskers = draws.Uniform(-0.2f, 0.25f);
        var striped = draws.Chance(0.6f);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V - 0.12f, pixel = spot.Pixel, across = MathF.Abs(u);
            if (across > 1.1f || MathF.Abs(v) > 1.2f)
            {
                paint.Alpha = 0;
                return;
            }

            var outside = Length(u / 0.84f, v / 0.74f) - 1;
            var ear = MathF.Max(MathF.Max((across - earX) * 1.6f - (v + 1.02f) * 0.45f, (earX - across) * 1.1f - (v + 1.02f) * 0.55f), v + 0.3f);
            var x = across - 0.36f;
            var y = v + 0.08f + slant * x;
            var lids = MathF.Abs(y) - open * (1 - x * x / 0.0529f);
            var eye = Inside(lids, pixel);

            // Fur radiates from the nose.
            var radius = Length(u, v);
            var fur = 0.13f * MathF.Sin(MathF.Atan2(v - 0.2f, u) * 46 + 5 * MathF.Sin(radius * 14)) * Step(radius, 0.25f, 0.6f);
            var stripe = striped && v < -0.32f ? 0.35f * Step(MathF.Sin(across * 22 + v * 3), 0.2f, 0.8f) : 0;
            paint.Tone(0.6f + fur - stripe - 0.3f * Step(outside, -0.3f, 0.05f));
            if (outside > -0.05f)
                paint.Over(Inside(ear + 0.1f, pixel), Ink.Ramp1);
            if (outside > 0)
                paint.Over(Line(ear, 0.025f, pixel), Ink.Dark);
            paint.Over(Inside(Length((across - 0.15f) / 0.2f, (v - 0.4f) / 0.17f) - 1, pixel * 4) * 0.8f, Ink.Ramp3);
            paint.Over(eye, Ink.Accent);
            paint.Over(Inside(Length(x * slit, y) - open * 0.75f, pixel) * eye, Ink.Dark);
            paint.Over(Inside(Length(x + 0.05f, y + 0.06f) - 0.035f, pixel) * eye, Ink.Light);
            paint.Over(Line(lids, 0.03f, pixel), Ink.Dark);
            if (v < 0.36f)
                paint.Over(Inside(MathF.Max(across - 0.13f * (1 - (v - 0.2f) / 0.14f), 0.2f - v), pixel), Ink.Dark);
            if (v is > 0.3f and < 0.44f)
                paint.Over(Line(u, 0.012f, pixel), Ink.Dark);
            if (across < 0.3f)
                paint.Over(Line(v - 0.5f + 0.12f * MathF.Abs(MathF.Sin(across * 9)), 0.018f, pixel), Ink.Dark);
            var whisker = across is > 0.28f and < 1.05f && MathF.Abs(v - 0.38f) < 0.1f + 0.22f * across
                ? Line(MathF.Sin((v - 0.38f - whiskers * (across - 0.2f)) / (across + 0.25f) * 16), 0.16f, pixel * 30)
                : 0;
            paint.Over(whisker * 0.8f, Ink.Light);
            paint.Shade = 1 - 0.25f * u;
            paint.Alpha = Clip(Inside(outside, pixel * 1.5f) + Inside(ear, pixel) + whisker * 0.6f);
        };
    }
}
