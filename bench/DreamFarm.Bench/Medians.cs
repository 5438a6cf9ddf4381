using System.Globalization;

namespace DreamFarm.Bench;

/// <summary>Median, smallest and largest of some runs: these machines are noisy, so a mean says little.</summary>
internal static class Medians
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Describe(IReadOnlyCollection<double> values, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(values):0.000} {unit} ({values.Min():0.000} .. {values.Max():0.000}, {values.Count} runs)");
}
