using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A fern's frond: pinnae in turns left and right of a stem, light on the shadow between them.</summary>
internal sealed class Fern : Motif
{
    public override string Name => "fern";

    public override (float Least, float Most) Radius => (0.55f, 1.6f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var bend = draws.Uniform(-0.3f, 0.3f);
        var rise = draws.Uniform(0.35f, 0.85f);
        var droop = draws.Uniform(-0.5f, 0.25f);
        var density = draws.Uniform(3.2f, 5.2f);
        var length = draws.Uniform(0.5f, 0.85f);
        var lobes = draws.Uniform(9, 15);
        var shadow = draws.Chance(0.7f) ? draws.Uniform(0.6f, 1) : 0;

        return (in Spot spot, ref Paint paint) =>
        {
            float v = spot.V, pixel = spot.Pixel;
            var u = spot.U - bend * (v * v - 0.3f);
            var across = MathF.Abs(u);
            if (across > 1.1f || MathF.Abs(v) > 1.3f)
            {
                paint.Alpha = 0;
                return;
            }

            // Where the pinna through this pixel leaves the stem: -1 is the tip, 1 the foot. Sides alternate.
            var foot = (v + rise * across + droop * across * across) * density + (u > 0 ? 0.5f : 0);
            var pinna = MathF.Floor(foot);
            var offset = foot - pinna - 0.5f;
            var height = ((pinna + 0.5f - (u > 0 ? 0.5f : 0)) / density + 1) / 2;
            var reach = height is > 0 and < 1 ? length * MathF.Sin(MathF.Pow(height, 0.85f) * 2.6f) : 0;
            var along = across / (reach + 1e-3f);
            var teeth = 1 - 0.4f * Fraction(along * reach * lobes);
            var width = along < 1 ? 0.47f * MathF.Pow(1 - along, 0.6f) * (0.65f + 0.35f * MathF.Min(1, along * 4)) * teeth : -0.1f;
            var blade = Inside(MathF.Abs(offset) - width, pixel * density);
            var stem = MathF.Abs(v) < 1 ? Line(u, 0.022f + 0.02f * (v + 1) / 2, pixel) : 0;

            // The envelope of all pinnae, narrower: what lies deep between them is in shadow.
            var level = Clip((v + rise * across + droop * across * across + 1) / 2);
            var envelope = across - length * MathF.Sin(MathF.Pow(level, 0.85f) * 2.6f);
            var gap = level is > 0 and < 1 ? shadow * (1 - Step(envelope, -0.3f, -0.02f)) : 0;
            paint.Tone(0.5f + 0.45f * (offset + 0.5f) + 0.15f * along);
            paint.Over(1 - blade, Ink.Ramp0);
            paint.Over(Line(MathF.Abs(offset) - width, 0.06f, pixel * density) * (along < 1 ? 0.8f : 0), Ink.Dark);
            paint.Over(Line(offset, 0.05f, pixel * density) * blade, Ink.Ramp3);
            paint.Over(Line(u, 0.05f, pixel) * stem, Ink.Dark);
            paint.Over(stem, Ink.Ramp3);
            paint.Alpha = MathF.Max(MathF.Max(blade, stem), gap);
        };
    }
}
