using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A spiral of one to three arms, Archimedes' or logarithmic: a soft swing of tones, or a tube.</summary>
internal sealed class Spiral : Motif
{
    public override string Name => "spiral";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var hand = draws.Choose<float>([-1, 1]);
        var arms = draws.Choose<float>([1, 1, 2, 3]);
        var turns = draws.Uniform(1.7f, 4.2f);
        var logarithmic = draws.Chance(0.5f);
        var phase = draws.Uniform(0, 1);
        var half = draws.Uniform(0.5f, 0.85f) / 2;
        var tube = draws.Chance(0.5f);
        var between = draws.Uniform(0, 1);

        return (in Spot spot, ref Paint paint) =>
        {
            var radius = Length(spot.U, spot.V) + 1e-3f;
            paint.Alpha = 1 - Step(radius, 0.86f, 1);
            if (paint.Alpha <= 0)
                return;

            var angle = hand * MathF.Atan2(spot.V, spot.U) / Turn;
            var along = logarithmic ? 0.75f * turns * MathF.Log(radius) : turns * radius;
            var s = Fraction(arms * angle + along + phase);
            if (!tube)
            {
                paint.Tone(0.5f + 0.5f * MathF.Cos(Turn * s));
                return;
            }
            var x = (s - 0.5f) / half;
            var pixel = spot.Pixel * (logarithmic ? 0.75f * turns / radius : turns) / half;
            paint.Tone(0.25f + 0.75f * Dome(x) * (1 - 0.3f * x));
            paint.Over(Line(MathF.Abs(x) - 1, 0.08f, pixel), Ink.Dark);
            paint.Alpha *= Lerp(between, 1, Inside(MathF.Abs(x) - 1, pixel));
        };
    }
}
