using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A bird's head and breast from the side: straight or hooked beak, round eye, feathers, sometimes a crest.</summary>
internal sealed class Bird : Motif
{
    public override string Name => "bird";

    public override bool Upright => true;

    public override bool Invertible => false;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var length = draws.Uniform(0.45f, 0.85f);
        var hook = draws.Uniform(0.05f, 0.45f);
        var thickness = draws.Uniform(0.17f, 0.26f);
        var eye = draws.Uniform(0.11f, 0.15f);
        var density = draws.Uniform(5, 8);
        var crested = draws.Chance(0.6f);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V, pixel = spot.Pixel;
            if (u is < -1.1f or > 1.2f || MathF.Abs(v) > 1.1f)
            {
                paint.Alpha = 0;
                return;
            }

            var head = Length(u + 0.12f, v + 0.32f) - 0.46f;
            var neck = MathF.Max(MathF.Abs(u + 0.22f - 0.1f * v) - 0.36f - 0.42f * Step(v, -0.2f, 0.9f), MathF.Max(-0.3f - v, Length(u, v) - 1));
            var outside = MathF.Min(head, neck);
            var body = Inside(outside, pixel);

            // 0 where the beak leaves the head, 1 at its tip.
            var along = (u - 0.26f) / length;
            const float Nothing = 9;
            float opening = Nothing, beak = Nothing;
            if (along is > 0 and < 1)
            {
                opening = v + 0.3f - hook * along * along * 0.8f;
                beak = MathF.Abs(opening) - thickness * (1 - MathF.Pow(along, 1.4f));
            }

            var horn = Inside(beak, pixel);
            var row = MathF.Floor(v * density * 1.1f);
            var feather = Length(Fraction(u * density + Stagger(row)) - 0.5f, Fraction(v * density * 1.1f) - 0.1f);
            var breast = Step(v, -0.15f, 0.1f);
            var crest = crested && head > 0 && v < -0.3f && u < 0.1f
                ? Line(MathF.Sin(MathF.Atan2(u + 0.1f, -(v + 0.1f)) * 14), 0.35f, pixel * 9) * Inside(Length(u + 0.3f, v + 0.55f) - 0.45f, pixel)
                : 0;
            paint.Tone(0.55f + 0.1f * MathF.Sin(MathF.Atan2(v + 0.3f, u - 0.3f) * 50) * (1 - Step(v, -0.2f, 0.1f)) + 0.3f * (feather - 0.5f) * breast - 0.35f * Step(outside, -0.25f, 0));
            paint.Over(crest, Ink.Ramp1);
            paint.Over(Line(feather - 0.55f, 0.1f, pixel * density) * breast * body, Ink.Ramp0);
            paint.Over(Line(outside, 0.025f, pixel), Ink.Dark);
            paint.Over(horn, Ink.Accent);
            paint.Over(Line(opening - 0.01f, 0.016f, pixel) * horn, Ink.Dark);
            paint.Over(Line(beak, 0.022f, pixel), Ink.Dark);
            var fromEye = Length(u - 0.06f, v + 0.4f);
            paint.Over(Inside(fromEye - eye * 1.5f, pixel), Ink.Ramp3);
            paint.Over(Inside(fromEye - eye, pixel), Ink.Accent);
            paint.Over(Line(fromEye - eye, 0.025f, pixel), Ink.Dark);
            paint.Over(Inside(fromEye - eye * 0.6f, pixel), Ink.Dark);
            paint.Over(Inside(Length(u - 0.02f, v + 0.44f) - 0.03f, pixel), Ink.Light);
            paint.Alpha = Clip(body + horn + crest);
        };
    }
}
