using System.Globalization;
using System.Text.RegularExpressions;

namespace DreamFarm.Farm.Tests;

/// <summary>
/// Prometheus' text format 0.0.4, read strictly: every family has its TYPE once and before its samples, samples of a family are
/// together, no series comes twice, buckets add up.
/// </summary>
internal sealed partial class PrometheusText
{
    private readonly Dictionary<string, double> _samples = [];

    private PrometheusText()
    {
    }

    public Dictionary<string, string> Types { get; } = [];

    /// <summary>The value of a series, such as <c>dreamfarm_jobs{state="done"}</c>.</summary>
    public double this[string series] => _samples.TryGetValue(series, out double value) ? value : throw new KeyNotFoundException($"{series} is not among\n{string.Join('\n', _samples.Keys)}");

    public IEnumerable<string> Series => _samples.Keys;

    public static PrometheusText Parse(string text)
    {
        var parsed = new PrometheusText();
        Assert.EndsWith("\n", text);
        Assert.DoesNotContain("\r", text);
        string family = "", help = "";
        foreach (string line in text[..^1].Split('\n'))
        {
            if (HelpLine().Match(line) is { Success: true } helped)
            {
                help = helped.Groups["name"].Value;
                continue;
            }
            if (TypeLine().Match(line) is { Success: true } typed)
            {
                family = typed.Groups["name"].Value;
                Assert.True(help.Length == 0 || help == family, $"the help of {help} is not followed by its type");
                help = "";
                Assert.True(parsed.Types.TryAdd(family, typed.Groups["type"].Value), $"{family} comes twice");
                continue;
            }
            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, $"no line of this format: {line}");
            string name = sample.Groups["name"].Value, type = parsed.Types[family];
            string[] names = type == "histogram" ? [$"{family}_bucket", $"{family}_sum", $"{family}_count"] : [family];
            Assert.Contains(name, names);
            Assert.Equal(type == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            string value = sample.Groups["value"].Value;
            Assert.True(parsed._samples.TryAdd(name + sample.Groups["labels"].Value, value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                _ => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
            }), $"{line} comes twice");
        }
        foreach (string histogram in parsed.Types.Where(type => type.Value == "histogram").Select(type => type.Key))
            parsed.CheckBuckets(histogram);
        return parsed;
    }

    private void CheckBuckets(string histogram)
    {
        foreach (var (series, count) in _samples.Where(sample => sample.Key.Split('{')[0] == histogram + "_count").ToArray())
        {
            string labels = series[(histogram.Length + "_count".Length)..].Trim('{', '}');
            string start = $"{histogram}_bucket{{{labels}{(labels.Length == 0 ? "" : ",")}le=\"";
            double before = 0, bound = double.NegativeInfinity;
            foreach (var (bucket, value) in _samples.Where(sample => sample.Key.StartsWith(start, StringComparison.Ordinal)))
            {
                string text = bucket[start.Length..^2];
                double next = text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
                Assert.True(next > bound && value >= before, $"{bucket} is out of order");
                (bound, before) = (next, value);
            }
            Assert.Equal((double.PositiveInfinity, count), (bound, before));
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*\})? (?<value>[-+]Inf|NaN|-?[0-9.]+(?:[eE][-+]?[0-9]+)?)$""")]
    private static partial Regex SampleLine();
}
