using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A human face or mask: almond eyes, brows, nose, lips, and hair that frames it.</summary>
internal sealed class Face : Motif
{
    public override string Name => "face";

    public override bool Upright => true;

    public override bool Invertible => false;

    public override (float Least, float Most) Radius => (0.55f, 1.6f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        float eyeX = draws.Uniform(0.3f, 0.37f), eyeY = draws.Uniform(-0.22f, -0.12f);
        float breadth = draws.Uniform(0.68f, 0.82f), jaw = draws.Uniform(0.1f, 0.3f);
        var iris = draws.Uniform(0.115f, 0.14f);
        var open = draws.Uniform(0.12f, 0.155f);
        var tilt = draws.Uniform(-0.2f, 0.15f);
        var smile = draws.Uniform(0, 0.28f);
        var brows = draws.Uniform(0, 0.3f);
        var lips = draws.Uniform(0.06f, 0.1f);
        var lipInk = draws.Chance(0.5f) ? Ink.Accent : Ink.Ramp1;
        var light = draws.Uniform(-0.4f, 0.4f);
        var hair = draws.Chance(0.6f);
        var hairline = draws.Uniform(-0.72f, -0.55f);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V, pixel = spot.Pixel, across = MathF.Abs(u);
            var outside = Length(u / (breadth * (1 - jaw * Step(v, 0, 1))), v / 0.97f) - 1;
            if (outside > 0.3f)
            {
                paint.Alpha = 0;
                return;
            }

            // Both halves are one drawing: x grows from the eye's middle towards the temple.
            float x = across - eyeX, y = v - eyeY + tilt * (across - eyeX);
            var fromEye = Length(x, y);
            var lids = MathF.Abs(y) - open * (1 - x * x / 0.0576f);
            var eye = Inside(lids, pixel);

            // Skin: sockets and the sides in shadow, cheeks, forehead and the nose's ridge in light.
            var socket = MathF.Exp(-(x * x * 12 + (y + 0.04f) * (y + 0.04f) * 26));
            var cheek = MathF.Exp(-((across - 0.38f) * (across - 0.38f) + (v - 0.22f) * (v - 0.22f)) * 16);
            var ridge = v is > -0.25f and < 0.25f ? MathF.Exp(-u * u * 220) : 0;
            paint.Tone(0.78f - 0.38f * Step(outside, -0.45f, 0.02f) - 0.32f * socket + 0.14f * cheek + 0.18f * ridge);

            var side = Line(across - 0.045f - 0.1f * Step(v, -0.1f, 0.2f), 0.022f, pixel);
            if (v is > -0.12f and < 0.2f)
                paint.Over(side * 0.6f, Ink.Ramp0);
            paint.Over(Inside(Length((across - 0.07f) / 0.05f, (v - 0.23f) / 0.03f) - 1, pixel * 20), Ink.Dark);
            if (v is > 0.15f and < 0.3f)
                paint.Over(Line(Length(across * 0.8f, (v - 0.17f) * 1.1f) - 0.1f, 0.018f, pixel) * 0.7f, Ink.Ramp0);

            var parted = v - 0.53f + smile * (u * u * 7 - 0.3f);
            var mouth = (1 - u * u / 0.085f) * lips;
            if (mouth > 0)
            {
                // The upper lip has a bow, the lower one is fuller.
                var bow = parted < 0 ? -parted - mouth * 0.8f * (1 - 0.35f * MathF.Exp(-u * u * 300)) : parted - mouth * 1.25f;
                paint.Over(Inside(bow, pixel), lipInk);
                paint.Over(Line(bow, 0.016f, pixel) * 0.7f, Ink.Dark);
                paint.Over(Line(parted, 0.02f, pixel), Ink.Dark);
            }

            paint.Over(eye, Ink.Light);
            paint.Over(Inside(fromEye - iris, pixel) * eye, Ink.Accent);
            paint.Over(Line(fromEye - iris, 0.02f, pixel) * eye, Ink.Dark);
            paint.Over(Inside(fromEye - iris * 0.5f, pixel) * eye, Ink.Dark);
            paint.Over(Inside(Length(x + 0.04f, y + 0.05f) - 0.035f, pixel) * eye, Ink.Light);
            paint.Over(Line(lids, y < 0 ? 0.04f : 0.022f, pixel), Ink.Dark);
            if (MathF.Abs(x) < 0.27f)
                paint.Over(Line(y + 0.27f - 0.9f * x * x + brows * x, 0.05f - 0.08f * MathF.Max(x, 0), pixel), Ink.Dark);
            if (hair)
            {
                // Strands fall from a parting over both temples.
                var locks = v - hairline - across * across * 1.5f + 0.03f * MathF.Sin(across * 40);
                var hairy = Inside(locks, pixel) * Inside(outside - 0.13f, pixel);
                paint.Over(hairy, MathF.Sin(across * 34 + v * 9) > 0.2f ? Ink.Ramp1 : Ink.Ramp0);
                paint.Over(Line(outside, 0.035f, pixel) * (1 - hairy), Ink.Dark);
                paint.Alpha = MathF.Max(Inside(outside, pixel), hairy);
            }
            else
            {
                paint.Over(Line(outside, 0.04f, pixel), Ink.Dark);
                paint.Alpha = Inside(outside, pixel);
            }

            paint.Shade = 1 - light * u;
        };
    }
}
