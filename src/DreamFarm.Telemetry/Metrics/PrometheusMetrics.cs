using System.Diagnostics.Metrics;
using System.Text;

namespace DreamFarm.Telemetry;

/// <summary>
/// Adds up what the farm's and the runtime's meters measure from now on, and writes it in Prometheus' text format
/// (version 0.0.4). Names follow OpenTelemetry's rules: dots become underscores, the unit is a suffix, counters end in _total.
/// </summary>
public sealed class PrometheusMetrics : IDisposable
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, PrometheusFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen.</summary>
    public PrometheusMetrics()
        : this(meter => meter.Name is MeterNames.Farm or MeterNames.Runtime)
    {
    }

    internal PrometheusMetrics(Func<Meter, bool> wanted)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!wanted(instrument.Meter))
                return;
            var family = PrometheusFamily.Of(instrument);
            lock (_lock)
            {
                // Two meters may have the same instrument; it is one family then.
                if (!_families.TryAdd(family.Name, family))
                    family = _families[family.Name];
            }
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.Start();
    }

    /// <summary>All families, sorted by name.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        lock (_lock)
        {
            foreach (var family in _families.Values)
                family.BeginLook();
            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values)
                family.Write(text);
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
            ((PrometheusFamily)family!).Record(value, tags);
    }
}
