using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DreamFarm.Telemetry;

/// <summary>
/// Sends the process's traces and metrics to a collector over OTLP, as OpenTelemetry's own variables in the environment say:
/// OTEL_EXPORTER_OTLP_ENDPOINT turns it on, and the SDK reads the others. Without it nothing listens and spans cost nothing.
/// </summary>
public sealed class OtlpExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport(TracerProvider traces, MeterProvider metrics) => (_traces, _metrics) = (traces, metrics);

    /// <summary>Whether the environment names a collector.</summary>
    public static bool IsWanted => IsSet(Endpoint) && !string.Equals(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Begins to send; null if the environment names no collector. Disposal sends what is left, for a few seconds at most.</summary>
    /// <param name="service">Name of the service, unless OTEL_SERVICE_NAME gives another.</param>
    /// <exception cref="TelemetryException">The endpoint is no URL.</exception>
    public static OtlpExport? Start(string service)
    {
        if (!IsWanted)
            return null;
        string endpoint = Environment.GetEnvironmentVariable(Endpoint)!;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new TelemetryException($"{Endpoint} is \"{endpoint}\", which is no URL; write it as http://HOST:4317.");
        // What the environment says comes last and wins.
        var resource = ResourceBuilder.CreateEmpty().AddService(service).AddTelemetrySdk().AddEnvironmentVariableDetector();
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Spans.Source.Name).AddOtlpExporter();
        if (!IsSet("OTEL_TRACES_SAMPLER"))
            traces.SetSampler(new ParentBasedSampler(new SomeStepsSampler()));
        var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(MeterNames.Farm, MeterNames.Runtime).AddOtlpExporter();
        return new OtlpExport(traces.Build(), metrics.Build());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Shutdown(3000);
        _metrics.Shutdown(3000);
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
