using OpenTelemetry.Trace;

namespace DreamFarm.Telemetry;

/// <summary>
/// Every job's own trace, and one step in twenty with all its tiles: a step of a large canvas is thousands of spans.
/// OTEL_TRACES_SAMPLER takes its place.
/// </summary>
internal sealed class SomeStepsSampler : Sampler
{
    private const double Ratio = 0.05;

    private readonly TraceIdRatioBasedSampler _some = new(Ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Name is Spans.Step or Spans.Measure ? _some.ShouldSample(samplingParameters) : new SamplingResult(SamplingDecision.RecordAndSample);
}
