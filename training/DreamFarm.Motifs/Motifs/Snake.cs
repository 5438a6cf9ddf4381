using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A snake's skin: keeled diamonds with a larger pattern of diamonds over them.</summary>
internal sealed class Snake : Motif
{
    public override string Name => "snake";

    public override MotifForm Form => MotifForm.Texture;

    public override (float Least, float Most) Span => (1.8f, 5);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var pattern = draws.Integer(4, 6);
        var zigzag = draws.Chance(0.6f);
        var keeled = draws.Chance(0.6f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (a, b) = (spot.U + 0.72f * spot.V, spot.U - 0.72f * spot.V);
            var (i, j) = (MathF.Floor(a), MathF.Floor(b));
            var (x, y) = (a - i - 0.5f, b - j - 0.5f);
            var radius = MathF.Pow(MathF.Pow(MathF.Abs(x), 2.6f) + MathF.Pow(MathF.Abs(y), 2.6f), 1 / 2.6f);
            var border = 2 * MathF.Max(MathF.Abs(Fraction((i + 0.5f) / pattern) - 0.5f), MathF.Abs(Fraction((j + 0.5f) / pattern) - 0.5f));
            var tone = 0.35f + 0.5f * Dome(2 * radius) + 0.25f * (x - y);
            paint.Tone(tone * (0.45f + 0.55f * Step(border, 0.9f, 0.3f)));
            if (zigzag && border > 0.82f)
                paint.Over(Inside(radius - 0.45f, spot.Pixel), Ink.Accent);
            if (keeled && MathF.Abs(x + y) < 0.55f)
                paint.Over(0.7f * Line(x - y, 0.05f, spot.Pixel * 1.5f), Ink.Ramp3);
            paint.Over(1 - Inside(radius - 0.45f, spot.Pixel * 1.3f), Ink.Dark);
        };
    }
}
