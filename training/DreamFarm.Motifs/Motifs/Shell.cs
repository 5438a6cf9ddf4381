using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A scallop: ribs that spread from a hinge, crossed by lines of growth.</summary>
internal sealed class Shell : Motif
{
    public override string Name => "shell";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var ribs = draws.Integer(7, 13);
        var spread = draws.Uniform(0.85f, 1.15f);
        var growth = draws.Uniform(6, 12);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = 0.85f - spot.V, pixel = spot.Pixel;
            var radius = Length(u, v);
            if (radius > 1.8f)
            {
                paint.Alpha = 0;
                return;
            }

            var angle = MathF.Atan2(u, v);
            var rib = MathF.Cos(angle / spread * MathF.PI * ribs);

            // Beyond the fan's angle the cosine turns negative: there is no rim.
            var rim = 1.6f * MathF.Sqrt(MathF.Max(0, MathF.Cos(angle * 0.75f))) * (1 + 0.025f * rib);
            var outside = MathF.Max(radius - rim, (MathF.Abs(angle) - spread) * radius * 0.9f);
            var fan = Inside(outside, pixel);
            var hinge = Inside(MathF.Max(MathF.Abs(u) - 0.35f + v * 0.4f, MathF.Abs(v - 0.02f) - 0.14f), pixel);
            paint.Tone(0.5f + 0.33f * rib * Step(radius, 0.05f, 0.5f) + 0.17f * MathF.Sin(radius * radius * growth + 0.35f * rib));
            paint.Over(Line(rib + 1, 0.14f, pixel * 8) * fan * Step(radius, 0.1f, 0.4f), Ink.Ramp0);
            paint.Over(hinge, Ink.Ramp1);
            paint.Over(Line(outside, 0.025f, pixel), Ink.Dark);
            paint.Shade = 0.65f + 0.4f * Step(radius, 0, 1.2f);
            paint.Alpha = MathF.Max(fan, hinge);
        };
    }
}
