using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>Pearls, or bubbles: balls close together, each with its light.</summary>
internal sealed class Pearls : Motif
{
    public override string Name => "pearls";

    public override MotifForm Form => MotifForm.Texture;

    public override bool Invertible => false;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var variety = draws.Uniform(0, 0.16f);
        var seed = draws.Uniform(0, 9);
        var bubbles = draws.Chance(0.3f);
        var between = draws.Uniform(0, 0.9f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (x, y) = Hexagon(spot.U, spot.V);
            var random = Hash(MathF.Round((spot.U - x) * 2), MathF.Round((spot.V - y) * 2), seed);
            var radius = 0.47f - variety * random;
            var q = Length(x, y) / radius;
            var distance = (q - 1) * radius;
            var tone = bubbles
                ? 0.3f + 0.6f * Step(q, 0.5f, 1)
                : 0.15f + 0.75f * Clip(0.45f * Dome(q) - 0.5f * x - 0.6f * y + 0.2f) + (x + y > 0 ? 0.2f * Step(q, 0.75f, 0.95f) : 0);
            paint.Tone(tone + 0.15f * (random - 0.5f));
            paint.Over(Line(distance, 0.03f, spot.Pixel), Ink.Dark);
            paint.Over(Inside(Length(x / radius + 0.33f, y / radius + 0.38f) - 0.17f, spot.Pixel * 4), Ink.Light);
            paint.Alpha = MathF.Max(Inside(distance, spot.Pixel), between);
        };
    }
}
