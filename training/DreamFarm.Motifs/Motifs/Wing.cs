using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A bird's plumage: rows of long feathers with shafts and barbs, each row over the next.</summary>
internal sealed class Wing : Motif
{
    public override string Name => "wing";

    public override MotifForm Form => MotifForm.Texture;

    public override (float Least, float Most) Span => (1.2f, 3.2f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var squeeze = draws.Uniform(0.32f, 0.5f);
        var seed = draws.Uniform(0, 9);
        var bars = draws.Uniform(0, 0.35f);
        var barbs = draws.Uniform(18, 30) * 1.2f;
        var tip = draws.Uniform(-0.35f, 0.45f) / 2;

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v, pixel) = (spot.U, spot.V * squeeze, spot.Pixel);
            var first = MathF.Floor(v / 0.5f);
            var (tone, edge, shaft) = (0.1f, 0f, 0f);
            for (var behind = 2; behind >= -1; behind--)
            {
                var row = first + behind;
                var shift = Stagger(row) + 0.2f * Hash(row, 0, seed);
                var column = MathF.Floor(u + shift);
                var (x, y) = (u + shift - column - 0.5f, v - row * 0.5f);
                var distance = (Length(x / 0.56f, MathF.Max(y, 0) / 0.72f) - 1) * 0.5f;
                var mask = Inside(distance, pixel);
                if (mask <= 0)
                    continue;
                var across = MathF.Abs(x);
                var own = 0.5f + 0.13f * MathF.Sin((y * 1.6f + across * 1.3f) * barbs) + bars * MathF.Sin(y * 22)
                    + tip * Step(y, 0.2f, 0.7f) + 0.25f * (Hash(column, row, seed) - 0.5f) - 0.3f * across;
                tone = Lerp(tone, own, mask);
                edge = Lerp(edge, Line(distance, 0.03f, pixel), mask);
                shaft = Lerp(shaft, Line(x, 0.03f, pixel), mask);
            }
            paint.Tone(tone);
            paint.Over(0.8f * shaft, Ink.Ramp3);
            paint.Over(edge, Ink.Ramp0);
        };
    }
}
