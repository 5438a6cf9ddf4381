using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace DreamFarm.Telemetry;

/// <summary>One instrument's series, by their labels. Guarded by <see cref="PrometheusMetrics"/>.</summary>
internal sealed class PrometheusFamily
{
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100];

    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly StringBuilder _labels = new();
    private readonly string _help;
    private readonly string _type;
    private readonly bool _adds;
    private readonly bool _isObserved;
    private readonly double[]? _bounds;

    private PrometheusFamily(string name, string help, string type, bool adds, bool isObserved, double[]? bounds) =>
        (Name, _help, _type, _adds, _isObserved, _bounds) = (name, help, type, adds, isObserved, bounds);

    public string Name { get; }

    public static PrometheusFamily Of(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        bool isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        bool isHistogram = kind == typeof(Histogram<>);
        string name = NameOf(instrument.Name) + (instrument.Unit is not { } unit ? "" : unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "1" when !isCounter => "_ratio",
            _ => "",
        });
        if (isCounter)
            name += "_total";
        return new PrometheusFamily(
            name,
            instrument.Description ?? "",
            isCounter ? "counter" : isHistogram ? "histogram" : "gauge",
            adds: !instrument.IsObservable && kind != typeof(Gauge<>),
            instrument.IsObservable,
            isHistogram ? [.. (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? DefaultBounds] : null);
    }

    /// <summary>What is observed is observed anew: what is no more is not shown.</summary>
    public void BeginLook()
    {
        if (_isObserved)
            _series.Clear();
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
            _series.Add(labels, series = new Series { Buckets = _bounds is null ? null : new long[_bounds.Length] });
        series.Value = _adds ? series.Value + value : value;
        series.Count++;
        if (_bounds is null)
            return;
        // Each bucket counts what is at most its bound; what is above all is in the count alone.
        for (int i = _bounds.Length - 1; i >= 0 && value <= _bounds[i]; i--)
            series.Buckets![i]++;
    }

    public void Write(StringBuilder text)
    {
        if (_series.Count == 0)
            return;
        if (_help.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {_help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {Name} {_type}\n");
        foreach (var (labels, series) in _series)
        {
            if (_bounds is null)
            {
                Line("", labels, series.Value);
                continue;
            }
            for (int i = 0; i < _bounds.Length; i++)
                Line("_bucket", With(labels, _bounds[i]), series.Buckets![i]);
            Line("_bucket", With(labels, double.PositiveInfinity), series.Count);
            Line("_sum", labels, series.Value);
            Line("_count", labels, series.Count);
        }

        void Line(string suffix, string labels, double value) =>
            text.Append(Name).Append(suffix).Append(labels.Length == 0 ? "" : $"{{{labels}}}").Append(' ').Append(Number(value)).Append('\n');
    }

    private static string With(string labels, double bound) => $"{labels}{(labels.Length == 0 ? "" : ",")}le=\"{Number(bound)}\"";

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string NameOf(string text)
    {
        Span<char> name = stackalloc char[text.Length];
        for (int i = 0; i < name.Length; i++)
            name[i] = char.IsAsciiLetter(text[i]) || (char.IsAsciiDigit(text[i]) && i > 0) ? text[i] : '_';
        return name.ToString();
    }

    private string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        _labels.Clear();
        foreach (var (key, value) in tags)
        {
            if (_labels.Length > 0)
                _labels.Append(',');
            _labels.Append(NameOf(key)).Append("=\"");
            foreach (char c in Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                _ = c switch
                {
                    '\\' => _labels.Append("\\\\"),
                    '"' => _labels.Append("\\\""),
                    '\n' => _labels.Append("\\n"),
                    _ => _labels.Append(c),
                };
            _labels.Append('"');
        }
        return _labels.ToString();
    }

    private sealed class Series
    {
        public double Value { get; set; }

        public long Count { get; set; }

        public long[]? Buckets { get; init; }
    }
}
