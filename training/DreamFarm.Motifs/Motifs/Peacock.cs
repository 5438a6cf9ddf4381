using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A peacock's feather: barbs that fan out from the quill, and on them an eye of nested discs.</summary>
internal sealed class Peacock : Motif
{
    public override string Name => "peacock";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var barbs = draws.Uniform(55, 95);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V - 0.05f, pixel = spot.Pixel;
            var radius = Length(u, v * (1 + 0.28f * v)) * 1.02f;
            if (radius > 1)
            {
                paint.Alpha = 0;
                return;
            }

            // The barbs leave the quill below the eye.
            var angle = MathF.Atan2(u, v + 1.35f);
            var barb = 0.5f + 0.5f * MathF.Sin(angle * barbs + 3 * MathF.Abs(u));
            var edge = 0.93f + 0.06f * MathF.Sin(angle * 23 + 1);
            paint.Tone(0.25f + 0.3f * barb + 0.2f * Step(radius, 0.9f, 0.5f));
            paint.Over(Inside(radius - 0.62f, pixel * 2), Ink.Ramp2);
            paint.Over(Inside(radius - 0.53f, pixel * 1.5f), Ink.Accent);
            paint.Over(Inside(radius - 0.40f, pixel), Ink.Ramp3);
            paint.Over(Inside(radius - 0.36f, pixel), Ink.Ramp1);
            paint.Over(Inside(Length(u * 1.1f, (v + 0.06f) * 1.15f) - 0.2f, pixel), Ink.Dark);
            paint.Over(Inside(Length(u, v + 0.22f) - 0.08f, pixel), Ink.Ramp1);
            if (v > 0.3f)
                paint.Over(Line(u, 0.022f, pixel), Ink.Ramp3);
            paint.Shade = 0.8f + 0.3f * barb;
            paint.Alpha = (1 - Step(radius, edge - 0.16f, edge)) * (1 - 0.5f * Step(radius, 0.65f, 0.75f) * (1 - barb));
        };
    }
}
