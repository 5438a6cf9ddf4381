using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>Plaits: three strands of twisted hair that pass over and under each other, side by side.</summary>
internal sealed class Braid : Motif
{
    public override string Name => "braid";

    public override MotifForm Form => MotifForm.Texture;

    public override (float Least, float Most) Span => (1.1f, 2.8f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var width = draws.Uniform(0.15f, 0.19f);
        var pace = draws.Uniform(0.75f, 1.15f);
        var hairs = draws.Integer(3, 5);
        var gap = draws.Uniform(0, 0.18f);
        var ground = draws.Chance(0.7f) ? 0 : 0.4f;
        var stagger = draws.Uniform(0, 1);

        return (in Spot spot, ref Paint paint) =>
        {
            var pixel = spot.Pixel;
            var plait = MathF.Floor(spot.U);
            var u = spot.U - plait - 0.5f;
            var time = (spot.V * pace + plait * stagger) * Turn / 1.5f;
            // A strand swings from side to side and, twice as fast, up and down: a lying eight, seen from the side.
            // From the lowest to the highest, so that upper strands cover lower ones.
            const float Third = Turn / 3;
            var swing = (1 - gap) * 0.5f - width;
            Span<(float Height, float Phase)> strands = [(MathF.Sin(2 * time), time), (MathF.Sin(2 * (time + Third)), time + Third), (MathF.Sin(2 * (time - Third)), time - Third)];
            if (strands[0].Height > strands[1].Height)
                (strands[0], strands[1]) = (strands[1], strands[0]);
            if (strands[1].Height > strands[2].Height)
                (strands[1], strands[2]) = (strands[2], strands[1]);
            if (strands[0].Height > strands[1].Height)
                (strands[0], strands[1]) = (strands[1], strands[0]);
            float tone = ground, line = 0;
            foreach (var (height, phase) in strands)
            {
                // The distance from the strand's middle line, measured across its slope.
                var (sine, cosine) = MathF.SinCos(phase);
                var slope = swing * cosine * pace * Turn / 1.5f;
                var across = (u - swing * sine) / MathF.Sqrt(1 + slope * slope) / width;
                if (MathF.Abs(across) > 1.4f)
                    continue;
                var mask = Inside(MathF.Abs(across) - 1, pixel / width);
                var hair = MathF.Sin(across * hairs * MathF.PI + phase * 2);
                tone = Lerp(tone, 0.2f + 0.6f * Dome(across) * (0.8f + 0.2f * height) + 0.14f * hair, mask);
                line = MathF.Max(line * (1 - mask), Line(MathF.Abs(across) - 1, 0.1f, pixel / width));
            }

            paint.Tone(tone);
            paint.Over(line, Ink.Dark);
        };
    }
}
