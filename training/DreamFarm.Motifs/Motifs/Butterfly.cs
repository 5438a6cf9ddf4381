using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A butterfly with spread wings: veins, a dark border with spots, and an eye on each wing.</summary>
internal sealed class Butterfly : Motif
{
    public override string Name => "butterfly";

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var fore = new Wing(0.46f, -0.34f, draws.Uniform(-0.85f, -0.55f), draws.Uniform(0.5f, 0.58f), draws.Uniform(0.28f, 0.36f), 2.3f);
        var hind = new Wing(0.34f, 0.36f, draws.Uniform(0.6f, 1), draws.Uniform(0.42f, 0.5f), draws.Uniform(0.26f, 0.33f), 2.2f);
        var veins = draws.Integer(9, 14);
        var border = draws.Uniform(0.1f, 0.16f);
        var spotted = draws.Chance(0.7f);
        var eyed = draws.Chance(0.7f);

        return (in Spot spot, ref Paint paint) =>
        {
            float u = spot.U, v = spot.V, pixel = spot.Pixel, across = MathF.Abs(u);
            if (across > 1.2f || MathF.Abs(v) > 1.1f)
            {
                paint.Alpha = 0;
                return;
            }

            float toFore = fore.Outside(across, v) * 0.35f, toHind = hind.Outside(across, v) * 0.33f;
            var outside = MathF.Min(toFore, toHind);
            var upper = toFore < toHind;
            var angle = MathF.Atan2(v - (upper ? -0.02f : 0.05f), across);
            var rim = Step(outside, -border, -0.05f);
            var body = (Length(u / 0.06f, v / 0.5f) - 1) * 0.08f;
            var antenna = v is > -0.85f and < -0.4f ? Line(across - 0.06f + 0.35f * (0.45f + v), 0.016f, pixel) : 0;
            paint.Tone(0.85f - 0.5f * Step(Length(across, v), 0.8f, 0.1f));
            paint.Over(Line(MathF.Sin(angle * veins), 0.12f, pixel * 8) * 0.6f, Ink.Ramp0);
            paint.Over(rim, Ink.Dark);
            if (spotted)
                paint.Over(Inside(Length(Fraction(angle * 4.2f) - 0.5f, (outside + 0.055f) * 7) - 0.2f, pixel * 5) * rim, Ink.Light);
            if (eyed)
            {
                var fromEye = upper ? Length(across - 0.58f, v + 0.42f) : Length(across - 0.36f, v - 0.4f);
                paint.Over(Inside(fromEye - 0.16f, pixel), Ink.Accent);
                paint.Over(Line(fromEye - 0.16f, 0.025f, pixel), Ink.Dark);
                paint.Over(Inside(fromEye - 0.07f, pixel), Ink.Dark);
            }

            paint.Over(Inside(body, pixel), Ink.Ramp0);
            paint.Over(antenna, Ink.Ramp0);
            paint.Alpha = Clip(Inside(outside, pixel) + Inside(body, pixel) + antenna);
        };
    }

    /// <summary>A wing's outline: a superellipse, turned; between an ellipse (power 2) and a rounded rectangle.</summary>
    private sealed class Wing(float x, float y, float angle, float length, float width, float power)
    {
        private readonly float _cosine = MathF.Cos(angle);
        private readonly float _sine = MathF.Sin(angle);

        /// <summary>Negative inside, 0 on the outline.</summary>
        public float Outside(float u, float v)
        {
            float dx = u - x, dy = v - y;
            float along = dx * _cosine + dy * _sine, across = dy * _cosine - dx * _sine;
            return MathF.Pow(MathF.Pow(MathF.Abs(along / length), power) + MathF.Pow(MathF.Abs(across / width), power), 1 / power) - 1;
        }
    }
}
