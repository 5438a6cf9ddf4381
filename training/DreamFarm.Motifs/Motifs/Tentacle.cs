using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A tentacle with one or two rows of suckers, curled up or waving.</summary>
internal sealed class Tentacle : Motif
{
    public override string Name => "tentacle";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var curled = draws.Chance(0.55f);
        var pitch = draws.Uniform(0.13f, 0.2f);
        var half = draws.Uniform(0.3f, 0.42f);
        var perTurn = draws.Integer(9, 13);
        var swing = draws.Uniform(0.15f, 0.35f);
        var bends = draws.Uniform(2, 4);
        var phase = draws.Uniform(0, 6);
        var thickness = draws.Uniform(0.7f, 1.1f);
        var density = draws.Uniform(7, 11);
        var twoRows = draws.Chance(0.45f);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V;

            // Across the arm from -1 to 1, along it in suckers, and a pixel in the first of these.
            float across, along, pixel;
            float within;
            if (curled)
            {
                // A logarithmic spiral: the turns narrow towards the tip.
                var radius = Length(u, v) + 1e-3f;
                var turn = MathF.Atan2(v, u) / Turn;
                var winding = MathF.Log(radius) / pitch / Turn - turn;
                across = (Fraction(winding) - 0.5f) / half;
                along = (turn + MathF.Floor(winding)) * perTurn;
                pixel = spot.Pixel / (half * pitch * Turn * radius);
                within = Inside(radius - 1, spot.Pixel);
            }
            else
            {
                // The far end, towards -v, is the thin one; suckers lie closer there.
                var width = MathF.Max(0.42f + 0.22f * v, 0.05f) * thickness;
                across = (u - swing * MathF.Sin(v * bends + phase)) / width;
                along = MathF.Log(MathF.Max(v + 2.2f, 0.05f)) * density;
                pixel = spot.Pixel / width;
                within = Inside(MathF.Abs(v) - 1.5f, spot.Pixel);
            }

            paint.Alpha = within * Inside(MathF.Abs(across) - 1, pixel);
            if (paint.Alpha <= 0)
                return;
            var sucker = twoRows
                ? Length((MathF.Abs(across - 0.25f) - 0.38f) * 1.9f, (Fraction(across > 0.25f ? along + 0.5f : along) - 0.5f) * 1.6f)
                : Length((across - 0.4f) * 1.4f, (Fraction(along) - 0.5f) * 1.5f);
            var soft = pixel * 1.6f;
            paint.Tone(0.2f + 0.6f * Dome(across * 0.97f) - 0.2f * across);
            paint.Over(Inside(sucker - 0.55f, soft) * 0.95f, Ink.Ramp3);
            paint.Over(Inside(sucker - 0.42f, soft) * 0.8f, Ink.Ramp2);
            paint.Over(Line(sucker - 0.55f, 0.06f, soft), Ink.Ramp0);
            paint.Over(Inside(sucker - 0.22f, soft), Ink.Dark);
            paint.Over(Line(MathF.Abs(across) - 1, 0.05f, pixel), Ink.Dark);
        };
    }
}
