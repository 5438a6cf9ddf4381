using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A rose from above: round petals in rings over one another, dark where they dip under the next, light at their rolled rims.</summary>
internal sealed class Rose : Motif
{
    public override string Name => "rose";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var turn = draws.Uniform(0, 6);
        var petals = draws.Integer(4, 6);
        var shrink = draws.Uniform(0.64f, 0.73f);
        var breadth = draws.Uniform(0.44f, 0.5f);
        var depth = draws.Uniform(0.55f, 0.8f);
        var roll = draws.Uniform(0.05f, 0.1f);
        var hand = draws.Choose<float>([-1, 1]);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U * hand, v = spot.V, pixel = spot.Pixel;
            var radius = Length(u, v);
            paint.Alpha = 0;
            if (radius > 1.1f)
                return;

            // The golden angle turns each ring against the one below, so that petals cover gaps.
            const float GoldenAngle = 2.39996f;
            const int Rings = 5;
            var angle = MathF.Atan2(v, u) + turn;
            var sector = Turn / petals;
            float tone = 0, line = 0, rim = 0, size = 1;
            for (var ring = 0; ring < Rings && radius < size * 1.1f; ring++)
            {
                // A petal is a disc whose middle stands off the rose's; the three nearest, each over the one before.
                var nearest = MathF.Round((angle + ring * GoldenAngle) / sector);
                var from = angle + ring * GoldenAngle - nearest * sector;
                for (var side = -1; side <= 1; side++)
                {
                    var (sine, cosine) = MathF.SinCos(from - side * sector);
                    float x = radius * cosine - size * 0.5f, y = radius * sine;
                    var outside = Length(x, y * 0.92f) - size * breadth;
                    if (outside > 0.1f)
                        continue;
                    var mask = Inside(outside, pixel);
                    var inwards = Clip((size * (0.5f + breadth) - radius) / (size * 0.75f));
                    tone = Lerp(tone, 0.95f - depth * inwards - 0.2f * Clip(0.5f - y / size), mask);
                    rim = Lerp(rim, Line(outside + roll * size, roll * size * 0.5f, pixel), mask);
                    line = MathF.Max(line * (1 - mask), Line(outside, 0.024f * MathF.Sqrt(size), pixel));
                    paint.Alpha = MathF.Max(paint.Alpha, mask);
                }
                size *= shrink;
            }
            paint.Tone(tone);
            paint.Over(rim * 0.5f, Ink.Ramp3);
            paint.Over(line, Ink.Dark);
        };
    }
}
