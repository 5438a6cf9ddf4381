using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A fish's or a lizard's scales: rows of discs, each row over the next.</summary>
internal sealed class Scales : Motif
{
    public override string Name => "scales";

    public override MotifForm Form => MotifForm.Texture;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var squeeze = draws.Uniform(0.8f, 1.15f);
        var height = draws.Uniform(0.42f, 0.55f);
        var radius = draws.Uniform(0.56f, 0.64f);
        var seed = draws.Uniform(0, 9);
        var variety = draws.Uniform(0, 0.4f);
        var ribs = draws.Uniform(0, 0.15f);
        var inverted = draws.Chance(0.35f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v, pixel) = (spot.U, spot.V * squeeze, spot.Pixel);
            var first = MathF.Floor(v / height);
            var (tone, edge) = (0.1f, 0f);
            for (var behind = 1; behind >= -1; behind--)        // the row with the larger number lies behind
            {
                var row = first + behind;
                var shift = Stagger(row);
                var column = MathF.Floor(u + shift);
                var (x, y) = (u + shift - column - 0.5f, v - row * height);
                var q = Length(x, y);
                var mask = Inside(q - radius, pixel);
                if (mask <= 0)
                    continue;
                var own = 0.35f + 0.6f * q / radius + variety * (Hash(column, row, seed) - 0.5f) + ribs * MathF.Sin(MathF.Atan2(x, y) * 24);
                tone = Lerp(tone, own, mask);
                edge = edge * (1 - mask) + Line(q - radius, 0.045f, pixel) * mask;
            }
            paint.Tone(inverted ? 1 - tone : tone);
            paint.Over(edge, Ink.Dark);
        };
    }
}
