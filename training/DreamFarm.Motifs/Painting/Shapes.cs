namespace DreamFarm.Motifs;

/// <summary>What motifs are made of: edges, lines and steps one pixel soft, and a few functions of one number. For <c>using static</c>.</summary>
internal static class Shapes
{
    /// <summary>A whole turn, in radians.</summary>
    public const float Turn = 2 * MathF.PI;

    /// <summary>Half the width of an edge's softness, in pixels.</summary>
    private const float Softness = 1.3f;

    /// <summary>1 where the distance is negative, 0 where it is positive, and soft over a pixel between.</summary>
    public static float Inside(float distance, float pixel) => Clip(0.5f - distance / (pixel * Softness));

    /// <summary>1 within a line of this half width along the zero of the distance, and never thinner than can be seen.</summary>
    public static float Line(float distance, float width, float pixel) =>
        Clip((MathF.Max(width, pixel * 0.6f) - MathF.Abs(distance)) / (pixel * Softness) + 0.5f);

    /// <summary>From 0 at a to 1 at b, smoothly; a may lie above b.</summary>
    public static float Step(float x, float a, float b)
    {
        var t = Clip((x - a) / (b - a));
        return t * t * (3 - 2 * t);
    }

    /// <summary>What is left of x above the next lower whole number.</summary>
    public static float Fraction(float x) => x - MathF.Floor(x);

    /// <summary>A number in [0, 1) that looks drawn, for a cell's indices.</summary>
    public static float Hash(float i, float j, float k = 0) => Fraction(MathF.Sin(i * 12.9898f + j * 78.233f + k) * 437.585f);

    /// <summary>a at 0, b at 1.</summary>
    public static float Lerp(float a, float b, float t) => a + (b - a) * t;

    /// <summary>The height of a half circle over x; 0 outside of [-1, 1].</summary>
    public static float Dome(float x) => MathF.Sqrt(MathF.Max(0, 1 - x * x));

    /// <summary>x within [0, 1].</summary>
    public static float Clip(float x) => MathF.Min(MathF.Max(x, 0), 1);

    /// <summary>The distance from the origin.</summary>
    public static float Length(float x, float y) => MathF.Sqrt(x * x + y * y);

    /// <summary>x², which <see cref="MathF.Pow"/> takes its time for.</summary>
    public static float Square(float x) => x * x;

    /// <summary>How far odd rows are moved: half a cell; 0 of even rows.</summary>
    public static float Stagger(float row) => 0.5f * (row - 2 * MathF.Floor(row / 2));

    /// <summary>The place within the hexagon of a honeycomb that (u, v) lies in, from its middle; hexagons are 1 wide and stand on a corner.</summary>
    public static (float X, float Y) Hexagon(float u, float v)
    {
        const float height = 1.7320508f;
        var (ax, ay) = (Fraction(u) - 0.5f, (Fraction(v / height) - 0.5f) * height);
        var (bx, by) = (Fraction(u + 0.5f) - 0.5f, (Fraction(v / height + 0.5f) - 0.5f) * height);
        return ax * ax + ay * ay < bx * bx + by * by ? (ax, ay) : (bx, by);
    }
}
