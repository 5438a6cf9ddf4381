using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>Cells around scattered points, with cracks between: dried mud, a giraffe's coat, a leaded window.</summary>
internal sealed class Voronoi : Motif
{
    public override string Name => "voronoi";

    public override MotifForm Form => MotifForm.Texture;

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var seed = draws.Uniform(0, 9);
        var width = draws.Uniform(0.06f, 0.2f);
        var flat = draws.Chance(0.5f);
        var crack = flat || draws.Chance(0.5f) ? 1 : 0;

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v) = (spot.U, spot.V);
            var (column, row) = (MathF.Floor(u), MathF.Floor(v));
            var (nearest, second, random) = (9f, 9f, 0f);
            for (var down = -1; down <= 1; down++)
            {
                for (var right = -1; right <= 1; right++)
                {
                    var (i, j) = (column + right, row + down);
                    var hash = Hash(i, j, seed);
                    var (x, y) = (i + 0.5f + 0.8f * (hash - 0.5f), j + 0.5f + 0.8f * (Fraction(hash * 37.7f) - 0.5f));
                    var square = Square(u - x) + Square(v - y);
                    if (square < nearest)
                        (nearest, second, random) = (square, nearest, hash);
                    else
                        second = MathF.Min(second, square);
                }
            }
            var inside = MathF.Sqrt(second) - MathF.Sqrt(nearest);
            var tone = flat
                ? 0.3f + 0.2f * random - 0.2f * Step(inside, 0.3f, 0)
                : 0.35f + 0.45f * Step(inside, 0, 0.9f) + 0.3f * (random - 0.5f);
            paint.Tone(Lerp(tone, crack, Inside(inside - width, spot.Pixel * 1.5f)));
        };
    }
}
