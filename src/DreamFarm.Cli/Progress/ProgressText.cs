using System.Globalization;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Progress;

/// <summary>How a dream's progress reads.</summary>
internal static class ProgressText
{
    /// <summary>
    /// Such as <c>octave 3/5 731x457, step 7/16, loss 12.34, 1.82 MP/s, 0:42 to go, 2 workers</c>, or <c>octave 3/5 731x457, measuring channels</c>:
    /// what steps have come to stands still then.
    /// </summary>
    public static string Of(V1.Progress progress)
    {
        if (progress.Octave < 0 || progress.OctaveSize is null)
            return "starting";
        var parts = new List<string> { Invariant($"octave {progress.Octave + 1}/{progress.Octaves} {progress.OctaveSize.Width}x{progress.OctaveSize.Height}") };
        if (progress.Measuring)
            parts.Add("measuring channels");
        else
            AddSteps(parts, progress);
        if (progress.Workers > 0)
            parts.Add(progress.Workers == 1 ? "1 worker" : Invariant($"{progress.Workers} workers"));
        return string.Join(", ", parts);
    }

    private static void AddSteps(List<string> parts, V1.Progress progress)
    {
        if (progress.Step >= 0)
            parts.Add(Invariant($"step {progress.Step + 1}/{progress.Steps}"));
        if (progress.HasLoss)
            parts.Add(Invariant($"loss {progress.Loss:G6}"));
        if (progress.MegapixelsPerSecond > 0)
            parts.Add(Invariant($"{progress.MegapixelsPerSecond:0.00} MP/s"));
        if (progress.HasEtaSeconds)
            parts.Add($"{Time(progress.EtaSeconds)} to go");
    }

    /// <summary>Such as <c>0:42</c> or <c>2:03:17</c>.</summary>
    public static string Time(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Clamp(double.IsNaN(seconds) ? 0 : Math.Ceiling(seconds), 0, 1e9));
        return time.TotalHours >= 1
            ? Invariant($"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : Invariant($"{time.Minutes}:{time.Seconds:00}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
