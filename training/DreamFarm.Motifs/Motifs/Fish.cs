using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A fish from the side: scales, gill, eye, striped fins and tail.</summary>
internal sealed class Fish : Motif
{
    public override string Name => "fish";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var height = draws.Uniform(0.32f, 0.5f);
        var flare = draws.Uniform(0.7f, 1);
        var density = draws.Uniform(6, 9);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V, pixel = spot.Pixel;
            var x = (u + 0.15f) / 0.75f;
            if (x < -1.15f || u > 1.1f || MathF.Abs(v) > 0.8f)
            {
                paint.Alpha = 0;
                return;
            }

            const float Nothing = 9;
            var outside = MathF.Abs(x) < 1 ? MathF.Abs(v) - height * MathF.Pow(1 - x * x, 0.8f) : Nothing;
            var behind = u - 0.5f;
            var tail = behind > 0 ? MathF.Max(MathF.Abs(v) - 0.06f - behind * flare, behind - 0.46f + 0.25f * MathF.Cos(v * 4)) : Nothing;
            var fin = MathF.Max(MathF.Abs(u + 0.1f) - 0.3f, MathF.Abs(MathF.Abs(v) - height) - 0.13f * MathF.Cos((u + 0.1f) * 4));
            var body = Inside(outside, pixel);
            var fins = Clip(Inside(tail, pixel) + Inside(fin, pixel)) * (1 - body);
            var head = x < -0.45f;

            // Scales in rows, every second one shifted by half a scale.
            var row = MathF.Floor(u * density);
            var scale = Length(Fraction(u * density) - 0.2f, Fraction(v * density * 0.9f + Stagger(row)) - 0.5f);
            var tone = 0.55f - 0.5f * v + (head ? 0 : 0.25f * (scale - 0.4f));
            paint.Tone(Lerp(tone, 0.45f + 0.25f * MathF.Sin(v * 40 + u * 6), fins));
            if (!head)
                paint.Over(Line(scale - 0.55f, 0.09f, pixel * density) * body * 0.8f, Ink.Ramp0);
            paint.Over(Line(x + 0.65f - 0.25f * MathF.Cos(v * 3.5f), 0.03f, pixel * 1.5f) * body, Ink.Ramp0);
            var fromEye = Length(u + 0.62f, v + 0.07f);
            paint.Over(Inside(fromEye - 0.105f, pixel), Ink.Light);
            paint.Over(Inside(fromEye - 0.06f, pixel), Ink.Dark);
            paint.Over(Line(fromEye - 0.105f, 0.02f, pixel), Ink.Dark);
            paint.Over(Line(outside, 0.022f, pixel), Ink.Dark);
            paint.Over(Line(tail, 0.02f, pixel) * (1 - body), Ink.Ramp0);
            if (x < -0.8f)
                paint.Over(Line(v - 0.06f - 0.1f * (u + 0.8f), 0.015f, pixel) * body, Ink.Dark);
            paint.Alpha = Clip(body + fins);
        };
    }
}
