using System.Diagnostics.CodeAnalysis;
using DreamFarm.Cli.Failures;
using DreamFarm.Dreaming;
using DreamFarm.Imaging;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Inputs;

/// <summary>
/// What the classics grow a dream from where there is no photograph: grey with a little noise, 100 to 101 of 255 in every
/// sample. (Alexander Mordvintsev's notebook: <c>np.random.uniform(size=(224, 224, 3)) + 100.0</c>.)
/// </summary>
/// <param name="Width">Columns, pixels.</param>
/// <param name="Height">Rows, pixels.</param>
/// <param name="Seed">Another seed is another noise.</param>
internal sealed record NoiseSource(int Width, int Height, ulong Seed)
{
    private const string Prefix = "noise:";

    private static readonly IntegerField Side = new("a side of it", 1, 100_000, "pixels");

    /// <summary>A name for the file.</summary>
    public string FileName => $"noise-{Width}x{Height}-{Seed}.png";

    /// <summary>Reads what a person wrote in a photograph's place.</summary>
    /// <returns>False if it is no noise but the name of a file.</returns>
    /// <exception cref="UserException">It begins like noise and is none; one sentence.</exception>
    public static bool TryParse(string text, [NotNullWhen(true)] out NoiseSource? noise)
    {
        noise = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        string[] parts = text[Prefix.Length..].Split(':');
        string[] sides = parts[0].Split('x', 'X');
        ulong seed = 1;
        if (sides.Length != 2 || parts.Length > 2 || (parts.Length == 2 && !ulong.TryParse(parts[1], out seed)))
            throw new UserException($"{text} must be {Prefix}WIDTHxHEIGHT or {Prefix}WIDTHxHEIGHT:SEED, such as {Prefix}640x480; a file of that name is ./{text}");
        if (!Side.TryParse(sides[0], out int width, out string? problem) || !Side.TryParse(sides[1], out int height, out problem))
            throw new UserException($"{text}: {problem}; a file of that name is ./{text}");
        if ((long)width * height > SpecFields.MaximumPixels)
            throw new UserException($"{text} would have more than {SpecFields.MaximumPixels / 1_000_000} megapixels");
        noise = new NoiseSource(width, height, seed);
        return true;
    }

    /// <summary>Draws it as a PNG of 16 bits a sample, for its noise is within one step of 8.</summary>
    public Task WriteAsync(string path, CancellationToken cancellation) =>
        ImageWriter.WriteAsync(path, Width, Height, (first, rows, _) =>
        {
            Fill(first, rows.Span);
            return ValueTask.CompletedTask;
        }, new ImageWriteOptions { BitsPerSample = 16 }, cancellation);

    /// <summary>Rows of it as a canvas has them: [rows][3][columns], k / 32767.</summary>
    private void Fill(int first, Span<short> rows)
    {
        ulong start = SplitMix64.Mix(Seed), sample = (ulong)first * 3 * (ulong)Width;
        for (int i = 0; i < rows.Length; i++)
        {
            double uniform = (SplitMix64.Mix(start + sample + (ulong)i) >> 11) * (1.0 / (1UL << 53));
            rows[i] = (short)Math.Round(((100 + uniform) / 127.5 - 1) * 32767);
        }
    }
}
