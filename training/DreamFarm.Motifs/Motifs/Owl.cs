using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>An owl: two large round eyes in discs of radiating feathers, a beak between them, ear tufts, a scaly breast.</summary>
internal sealed class Owl : Motif
{
    public override string Name => "owl";

    public override bool Upright => true;

    public override bool Invertible => false;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        float eyeX = draws.Uniform(0.33f, 0.38f), eyeY = draws.Uniform(-0.28f, -0.18f);
        var iris = draws.Uniform(0.2f, 0.27f);
        var pupil = iris * draws.Uniform(0.42f, 0.68f);
        var disc = draws.Uniform(0.4f, 0.46f);
        var rays = draws.Integer(18, 30);
        var tufted = draws.Chance(0.6f);
        var rings = draws.Uniform(16, 26);
        var feathers = draws.Uniform(5, 7.5f);
        var irisInk = draws.Chance(0.7f) ? Ink.Accent : Ink.Ramp3;

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V, pixel = spot.Pixel, across = MathF.Abs(u);
            var body = MathF.Min(Length(u / 0.86f, (v + 0.16f) / 0.74f) - 1, Length(u / 0.78f, (v - 0.3f) / 0.72f) - 1);
            var tuft = tufted ? MathF.Max((across - 0.62f) * 1.5f - (v + 1.02f) * 0.4f, MathF.Max(-(across - 0.62f) - (v + 1.02f) * 0.55f, v + 0.4f)) : 1;
            var outside = MathF.Min(body * 0.8f, tuft);
            if (outside > 0.1f)
            {
                paint.Alpha = 0;
                return;
            }

            float x = across - eyeX, y = v - eyeY;
            var fromEye = Length(x, y);
            var around = MathF.Atan2(y, x);

            // Outside the discs: rows of scalloped breast feathers below, plumage above.
            var row = MathF.Floor(v * feathers);
            var scallop = Length(Fraction(u * feathers * 0.85f + Stagger(row + 1)) - 0.5f, Fraction(v * feathers) - 0.15f);
            var breast = Step(v, 0.12f, 0.3f);
            var plumage = 0.42f + 0.16f * MathF.Sin(MathF.Atan2(v - 0.1f, u) * 38);
            paint.Tone(Lerp(plumage, 0.85f - 0.65f * scallop, breast) - 0.25f * Step(outside, -0.2f, 0));
            paint.Over(Line(scallop - 0.56f, 0.09f, pixel * feathers) * breast * 0.9f, Ink.Ramp0);

            // A disc: feathers radiate from the eye through fine rings, towards a dark rim.
            var face = Inside(fromEye - disc, pixel);
            if (face > 0)
            {
                var ray = MathF.Sin(around * rays + 2 * MathF.Sin(fromEye * rings));
                paint.Over(face, Ink.Ramp3);
                paint.Over(face * (0.35f + 0.35f * ray) * Step(fromEye, iris, disc), Ink.Ramp1);
                paint.Over(face * Step(MathF.Sin(fromEye * rings * 2), 0.3f, 0.9f) * 0.5f, Ink.Ramp0);
                paint.Over(Inside(fromEye - iris, pixel), irisInk);
                paint.Over(Line(fromEye - iris, 0.035f, pixel), Ink.Dark);
                paint.Over(Line(fromEye - (iris + pupil) / 2, 0.012f, pixel) * 0.6f, Ink.Ramp1);
                paint.Over(Inside(fromEye - pupil, pixel), Ink.Dark);
                paint.Over(Inside(Length(u - (u < 0 ? -eyeX : eyeX) + 0.07f, y + 0.08f) - 0.055f, pixel), Ink.Light);
            }

            paint.Over(Line(fromEye - disc, 0.035f, pixel), Ink.Dark);

            // The brows meet in a V above the beak and run up into the tufts.
            paint.Over(Inside(MathF.Abs(v + 0.34f + 0.62f * (across - 0.1f)) - 0.075f + 0.05f * across, pixel) * (across < 0.8f ? 1 : 0), Ink.Ramp0);
            var beak = MathF.Max(across - 0.12f * (1 - (v + 0.12f) / 0.36f), -0.12f - v - 0.4f * across);
            paint.Over(Inside(beak, pixel), Ink.Ramp2);
            paint.Over(Line(across, 0.015f, pixel) * Inside(beak, pixel), Ink.Ramp3);
            paint.Over(Line(beak, 0.03f, pixel), Ink.Dark);
            paint.Over(Line(outside, 0.032f, pixel), Ink.Dark);
            paint.Shade = 1 - 0.15f * u;
            paint.Alpha = Inside(outside - 0.01f, pixel);
        };
    }
}
