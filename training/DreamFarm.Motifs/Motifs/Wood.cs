using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>A board of wood: year rings that bend around knots, and grain.</summary>
internal sealed class Wood : Motif
{
    public override string Name => "wood";

    public override MotifForm Form => MotifForm.Texture;

    public override (float Least, float Most) Span => (1.5f, 4);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var bend = canvas.Noise(6);
        var (width, bent) = (draws.Uniform(0.5f, 1), 0.5f * draws.Uniform(0.3f, 0.9f));
        var seed = draws.Uniform(0, 9);
        var (upper, lower) = (new Knot(canvas), new Knot(canvas));
        var rings = draws.Uniform(1, 1.6f);

        return (in Spot spot, ref Paint paint) =>
        {
            var (u, v, pixel) = (spot.U, spot.V, spot.Pixel);
            var depth = u * width + bend[spot] * bent;
            var core = MathF.Max(upper.Bend(u, v, pixel, ref depth), lower.Bend(u, v, pixel, ref depth));
            var s = Fraction(depth * rings);
            var ring = s * s * (1 - Step(s, 0.88f, 1));
            var fibre = MathF.Floor(u * 9);
            var grain = Hash(fibre, MathF.Floor(v * 0.6f + 5 * Hash(fibre, 0, seed)), seed) - 0.5f;
            paint.Tone(0.8f - 0.65f * ring + 0.12f * grain);
            paint.Over(core, Ink.Ramp0);
        };
    }

    /// <summary>Where a branch has grown out of the trunk, in three of four.</summary>
    private readonly struct Knot
    {
        private readonly bool _there;
        private readonly float _u, _v, _height, _reach, _rings, _core;

        public Knot(Canvas canvas)
        {
            var draws = canvas.Draws;
            _there = draws.Chance(0.75f);
            (_u, _v, _height) = (draws.Uniform(-3, 3), draws.Uniform(-3, 3), draws.Uniform(0.35f, 0.6f));
            (_reach, _rings, _core) = (draws.Uniform(0.8f, 2.5f), draws.Uniform(1.2f, 2), draws.Uniform(0.15f, 0.3f));
        }

        /// <summary>Bends the rings around the knot; returns how far the spot lies within its dark core.</summary>
        public float Bend(float u, float v, float pixel, ref float depth)
        {
            if (!_there)
                return 0;
            var radius = Length(u - _u, (v - _v) * _height);
            depth = Lerp(depth, radius * _rings, MathF.Exp(-radius * radius / _reach));
            return Inside(radius - _core, pixel * 2);
        }
    }
}
