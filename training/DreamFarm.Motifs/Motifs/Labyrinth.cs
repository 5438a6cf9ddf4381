using static DreamFarm.Motifs.Shapes;

namespace DreamFarm.Motifs;

/// <summary>Winding walls or spots of one width, as on a zebra or a leopard: waves from all sides, summed.</summary>
internal sealed class Labyrinth : Motif
{
    private const int Waves = 9;

    public override string Name => "labyrinth";

    public override MotifForm Form => MotifForm.Texture;

    public override (float Least, float Most) Span => (1.5f, 4.5f);

    public override Brush Begin(Canvas canvas)
    {
        var draws = canvas.Draws;
        var waves = new (float U, float V, float Phase)[Waves];
        var turn = draws.Uniform(0, 7);
        for (var i = 0; i < Waves; i++)
        {
            var (sin, cos) = MathF.SinCos(turn + MathF.PI * i / Waves + draws.Uniform(-0.12f, 0.12f));
            var frequency = 0.72f * Turn * draws.Uniform(0.88f, 1.12f);
            waves[i] = (frequency * cos, frequency * sin, draws.Uniform(0, 6.3f));
        }
        var offset = draws.Uniform(-0.2f, 0.2f);
        var steepness = draws.Uniform(1.2f, 3.5f);
        var outlined = draws.Chance(0.6f);
        var crested = draws.Chance(0.3f);

        return (in Spot spot, ref Paint paint) =>
        {
            var sum = 0f;
            foreach (ref readonly var wave in waves.AsSpan())
                sum += MathF.Cos(wave.U * spot.U + wave.V * spot.V + wave.Phase);
            var height = sum / 2.1f + offset;
            paint.Tone(0.5f + 0.5f * MathF.Tanh(height * steepness));
            if (outlined)
                paint.Over(Line(height, 0.12f, spot.Pixel * 4), Ink.Dark);
            if (crested)
                paint.Over(Line(height - 0.95f, 0.1f, spot.Pixel * 4), Ink.Ramp3);
        };
    }
}
