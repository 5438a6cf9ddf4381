using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A pagoda: three to five storeys with lit walls and dark windows under tiled roofs whose eaves sweep up, and a spire.</summary>
internal sealed class Pagoda : Motif
{
    public override string Name => "pagoda";

    public override bool Upright => true;

    public override (float Least, float Most) Radius => (0.55f, 1.6f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var storeys = draws.Integer(3, 5);
        var sweep = draws.Uniform(0.14f, 0.32f);
        var breadth = draws.Uniform(0.62f, 0.82f);
        var taper = draws.Uniform(0.45f, 0.7f);
        var windows = draws.Integer(3, 7) / 2f;

        return (in Spot spot, ref Paint paint) =>
        {
            float pixel = spot.Pixel, up = -spot.V, u = spot.U;
            var across = MathF.Abs(u);
            if (across > 1.15f || up < -1.05f || up > 1.1f)
            {
                paint.Alpha = 0;
                return;
            }

            // Height in storeys, bent so that the eaves' ends turn up. The spire takes what is left.
            var perUnit = storeys / 1.72f;
            var height = (up + 0.98f) * perUnit;
            var middle = breadth * (1 - taper * Clip(height / storeys));
            height -= sweep * MathF.Min(MathF.Pow(across / middle, 2.5f), 2.4f);
            var storey = MathF.Floor(height);
            var part = height - storey;
            var built = storey >= 0 && storey < storeys;
            var width = breadth * (1 - taper * storey / storeys);

            // A storey is a wall below and a roof above, which narrows in a hollow curve towards the next storey's wall.
            const float Eave = 0.42f;
            var rise = Clip((part - Eave) / (1 - Eave));
            var eave = width * 1.3f;
            var roofHalf = Lerp(width * 0.52f, eave, (1 - rise) * (1 - rise));
            var wallHalf = width * 0.62f;
            var roof = built && part > Eave ? Inside(across - roofHalf, pixel) : 0;
            var wall = built && part <= Eave ? Inside(across - wallHalf, pixel) : 0;
            var spireHalf = 0.03f + 0.07f * Clip(1 - part * 1.6f) + 0.03f * MathF.Sin(part * 26) * Step(part, 0.9f, 0.2f);
            var spire = storey == storeys && part < 0.3f * perUnit ? Inside(across - spireHalf, pixel) : 0;
            var gutter = built ? Line(part - Eave, 0.06f, pixel * perUnit) * Inside(across - eave, pixel) : 0;

            var tiles = MathF.Sin(u / roofHalf * width * 30) * 0.16f;
            paint.Tone(roof > 0 ? 0.22f + 0.28f * rise + tiles : 0.9f - 0.5f * Step(part, 0.2f, Eave) - 0.12f * MathF.Cos(u / wallHalf * 4));
            if (wall > 0)
            {
                // Arched windows stand in a row, the middle one on the axis.
                var bay = 2 * wallHalf / windows;
                var x = (Fraction(u / bay + 0.5f) - 0.5f) * bay;
                var y = (part - 0.2f) / perUnit;
                var window = MathF.Max(Length(x, MathF.Max(y, 0)) - 0.27f * bay, -y - 0.12f / perUnit);
                paint.Over(Inside(window, pixel) * wall, Ink.Dark);
                paint.Over(Line(across - wallHalf, 0.02f, pixel), Ink.Dark);
                paint.Over(Line(part, 0.05f, pixel * perUnit), Ink.Dark);
            }

            if (built && part > Eave)
                paint.Over(Line(across - roofHalf, 0.022f, pixel), Ink.Dark);
            paint.Over(Line(part - Eave + 0.1f, 0.05f, pixel * perUnit) * (built ? Inside(across - eave * 0.95f, pixel) : 0), Ink.Dark);
            paint.Over(gutter, Ink.Ramp3);
            paint.Over(spire, Ink.Ramp1);
            paint.Shade = 1 - 0.25f * u;
            paint.Alpha = Clip(roof + wall + spire + gutter);
        };
    }
}
