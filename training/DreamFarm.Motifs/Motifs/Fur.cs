using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>Fur: three layers of tufts that follow a smooth flow.</summary>
internal sealed class Fur : Motif
{
    private const int Layers = 3;

    public override string Name => "fur";

    public override MotifForm Form => MotifForm.Texture;

    public override (float Least, float Most) Span => (2.2f, 6);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var seed = draws.Uniform(0, 9);
        var (across, along) = (canvas.Noise(5), canvas.Noise(5));
        var length = draws.Uniform(0.3f, 0.5f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v) = (spot.U + 1.2f * across[spot], spot.V + 0.8f * along[spot]);
            var tone = 0.25f;
            for (var layer = 0; layer < Layers; layer++)
            {
                var density = 1.9f + 0.5f * layer;
                var strand = u * density + 0.6f * MathF.Sin(v * 1.1f + layer) + layer * 0.37f;
                var column = MathF.Floor(strand);
                var x = MathF.Abs(strand - column - 0.5f);
                var random = Hash(column, layer, seed);
                var s = v * length * (1 + 0.4f * random) + random * 7;
                var tuft = MathF.Floor(s);
                s -= tuft;
                var width = 0.5f * MathF.Sqrt(s + 0.02f) * (1 - Step(s, 0.85f, 1));
                var mask = Inside(x - width, spot.Pixel * density);
                if (mask <= 0)
                    continue;
                var own = Hash(column, tuft, seed + layer);
                tone = Lerp(tone, 0.35f + 0.6f * (1 - s) * (0.6f + 0.5f * own) + 0.2f * (own - 0.5f) - 0.55f * x, mask * 0.92f);
            }
            paint.Tone(tone + 0.12f * across[spot] + 0.1f);
        };
    }
}
