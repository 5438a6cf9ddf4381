using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A dragonfly from above: four long veined wings, a segmented tail, large eyes.</summary>
internal sealed class Dragonfly : Motif
{
    public override string Name => "dragonfly";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        float foreLean = draws.Uniform(-0.3f, -0.05f), hindLean = draws.Uniform(0.12f, 0.4f);
        float foreWidth = draws.Uniform(0.15f, 0.2f), hindWidth = draws.Uniform(0.17f, 0.23f);
        var cells = draws.Uniform(7, 11);
        var segments = draws.Uniform(6, 9);
        var glass = draws.Uniform(0.6f, 1);
        var eyeInk = draws.Chance(0.6f) ? Ink.Accent : Ink.Ramp2;

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V, pixel = spot.Pixel, across = MathF.Abs(u);
            if (across > 1.1f || MathF.Abs(v) > 1.1f)
            {
                paint.Alpha = 0;
                return;
            }

            // A wing: narrow at its root, widest beyond the middle, round at its tip.
            float foreY = v + 0.42f - foreLean * across, hindY = v + 0.2f - hindLean * across;
            var x = Clip(across / 0.98f);
            var profile = MathF.Sqrt(MathF.Max(0, x * (1 - x * x * x * x))) * 1.15f;
            float fore = MathF.Abs(foreY) - foreWidth * profile, hind = MathF.Abs(hindY) - hindWidth * profile * (1.15f - 0.3f * x);
            if (across > 0.98f)
                fore = hind = 1;
            var upper = fore < hind;
            var wing = MathF.Min(fore, hind);
            var y = upper ? foreY : hindY;
            var membrane = Inside(wing, pixel);

            // Veins: ribs along the wing, cross veins shifted in every second row.
            var row = y * cells * 1.6f;
            var cross = Fraction(across * cells + Stagger(MathF.Floor(row))) - 0.5f;
            var vein = MathF.Max(Line((MathF.Abs(Fraction(row) - 0.5f) - 0.5f) / (cells * 1.6f), 0.012f, pixel), Line((0.5f - MathF.Abs(cross)) / cells, 0.011f, pixel));

            var tailHalf = 0.055f + 0.02f * Step(v, 0.1f, -0.1f) - 0.015f * Step(v, 0.3f, 0.8f);
            var tail = v is > -0.2f and < 0.98f ? across - tailHalf : 1;
            var thorax = (Length(u / 0.14f, (v + 0.36f) / 0.24f) - 1) * 0.14f;
            var body = MathF.Min(tail, thorax);
            var trunk = Inside(body, pixel);
            var eye = Length(across - 0.1f, v + 0.66f) - 0.125f;
            paint.Tone(0.9f - 0.25f * x);
            paint.Over(vein * membrane, Ink.Dark);
            if (across is > 0.76f and < 0.88f && y < 0)
                paint.Over(membrane * Inside(MathF.Abs(y + (upper ? foreWidth : hindWidth) * profile * 0.75f) - 0.05f, pixel), Ink.Dark);
            paint.Over(Line(wing, 0.026f, pixel), Ink.Dark);
            paint.Over(trunk, Ink.Ramp1);
            paint.Over(trunk * Dome(u / (v > -0.15f ? tailHalf : 0.14f)) * 0.6f, Ink.Ramp2);
            if (v > -0.12f)
                paint.Over(trunk * Line(Fraction(v * segments) - 0.5f, 0.09f, pixel * segments), Ink.Dark);
            paint.Over(Line(body, 0.022f, pixel), Ink.Dark);
            paint.Over(Inside(eye, pixel), eyeInk);
            paint.Over(Line(eye, 0.025f, pixel), Ink.Dark);
            paint.Over(Inside(Length(across - 0.08f, v + 0.7f) - 0.035f, pixel), Ink.Light);
            paint.Alpha = MathF.Max(membrane * glass, MathF.Max(trunk, Inside(eye, pixel)));
        };
    }
}
