using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A nautilus cut open: chambers along a logarithmic spiral, the walls between them bent.</summary>
internal sealed class Nautilus : Motif
{
    public override string Name => "nautilus";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var pitch = draws.Uniform(0.16f, 0.2f);
        var chambers = draws.Integer(9, 15);
        var bulge = draws.Uniform(0.9f, 1.5f);

        return (in Spot spot, ref Paint paint) =>
        {
            var pixel = spot.Pixel;
            var radius = Length(spot.U, spot.V) + 1e-3f;
            var turn = MathF.Atan2(spot.V, spot.U) / Turn;

            // Turns inwards from the outer wall: negative within the shell.
            var winding = MathF.Log(radius / 0.98f) / (pitch * Turn) - turn;
            paint.Alpha = Inside(winding * pitch * Turn * radius - 0.02f, pixel);
            if (paint.Alpha <= 0)
                return;

            // 0 on the inner wall of this turn, 1 on the outer one.
            var height = Fraction(winding);
            var chamber = Fraction((turn + MathF.Floor(winding)) * chambers + bulge * (height - 0.5f) * (height - 0.5f) * 2 + 0.3f * height);
            paint.Tone(0.92f - 0.6f * chamber * (1 - 0.4f * height) - 0.12f * height);
            paint.Over(Line((MathF.Abs(chamber - 0.5f) - 0.5f) * Turn * radius / chambers, 0.016f, pixel), Ink.Ramp0);
            paint.Over(Line(MathF.Min(height, 1 - height) * pitch * Turn * radius, 0.026f, pixel), Ink.Ramp0);
        };
    }
}
