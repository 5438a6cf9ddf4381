using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>Waves as a woodcut shows them: crests that curl over, stripes of water, foam; each row before the one above.</summary>
internal sealed class Waves : Motif
{
    public override string Name => "waves";

    public override MotifForm Form => MotifForm.Texture;

    public override bool Upright => true;

    public override (float Least, float Most) Span => (1, 2.6f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var seed = draws.Uniform(0, 9);
        var height = draws.Uniform(0.25f, 0.5f);
        var length = draws.Uniform(0.35f, 0.6f);
        var curl = draws.Uniform(0.3f, 0.9f);
        var stripes = 4 * draws.Uniform(6, 10);

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v, pixel) = (spot.U, spot.V, spot.Pixel);
            var first = MathF.Floor(v);
            var (tone, foam, edge) = (0.75f + 0.1f * MathF.Sin(v * 2), 0f, 0f);
            for (var before = -1; before <= 2; before++)
            {
                var row = first + before;
                var random = Hash(row, 1, seed);
                var y = v - row;
                var x = u * length + random * 3 + curl * Square(Math.Clamp(0.35f - y, 0, 0.7f));
                var crest = height * (1 - 1.6f * MathF.Pow(MathF.Abs(2 * Fraction(x) - 1), 0.6f)) + 0.05f * MathF.Sin(x * 9 + random * 6);
                var depth = y + crest;
                var mask = Inside(-depth, pixel);
                if (mask <= 0)
                    continue;
                var stripe = 0.5f - 0.5f * MathF.Sin(depth * stripes);
                tone = Lerp(tone, 0.22f + 0.45f * stripe * Step(depth, 0, 0.15f) + 0.15f * random, mask);
                foam = foam * (1 - mask) + mask * Inside(MathF.Abs(0.06f - depth) - 0.06f - 0.03f * MathF.Sin(x * 40), pixel);
                edge = edge * (1 - mask) + mask * Line(depth, 0.025f, pixel);
            }
            paint.Tone(tone);
            paint.Over(foam, Ink.Light);
            paint.Over(edge, Ink.Ramp0);
        };
    }
}
