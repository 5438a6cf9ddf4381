using System.Globalization;

namespace DreamFarm.Cli.Progress;

/// <summary>A bar of progress with its text behind it, as one line of a terminal.</summary>
internal static class BarText
{
    private const int WidestBar = 24;
    private const int NarrowestBar = 4;

    /// <summary>Such as <c>━━━━━━━━────────  50% octave 3/5 731x457</c>; never longer than <paramref name="width"/> columns.</summary>
    public static string Of(double fraction, string text, int width)
    {
        int bar = Math.Clamp(width / 5, NarrowestBar, WidestBar);
        int full = (int)(bar * fraction);
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{new string('━', full)}{new string('─', bar - full)} {Math.Floor(100 * fraction),3:0}% {text}");
        return line.Length <= width ? line : line[..Math.Max(0, width)];
    }
}
