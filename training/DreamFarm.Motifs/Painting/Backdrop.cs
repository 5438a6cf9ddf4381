using System.Numerics;

namespace DreamFarm.Motifs;

/// <summary>What lies behind a motif: clouds of fractal noise and a gradient, in colours of their own.</summary>
internal static class Backdrop
{
    /// <summary>Paints the canvas's picture.</summary>
    public static void Paint(Canvas canvas, Span<Vector3> picture)
    {
        var (draws, size, palette) = (canvas.Draws, canvas.Size, canvas.Palette);
        var gain = draws.Uniform(0.4f, 0.7f);
        var clouds = canvas.Noise(draws.Integer(4, 6), 4, gain).Values;
        palette.Draw(draws, 0.8f);
        var (strength, tone) = (draws.Uniform(0.1f, 0.5f), 0.5f + draws.Uniform(-0.3f, 0.3f));
        var (down, right) = (draws.Uniform(-0.4f, 0.4f), draws.Uniform(-0.2f, 0.2f));
        for (var (y, i) = (0, 0); y < size; y++)
        {
            var row = tone + down * ((2 * y + 1f) / size - 1);
            for (var x = 0; x < size; x++, i++)
                picture[i] = palette.Tone(row + right * ((2 * x + 1f) / size - 1) + strength * clouds[i]);
        }
    }
}
