using System.Diagnostics;
using DreamFarm.Dreaming;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// Shows operators what a dream does: the spans of its octaves and steps (see <see cref="Spans"/>), the steps' seconds, and
/// octave and step in the log's scope.
/// </summary>
internal sealed class TracedCanvas(ICanvas canvas, string job, Activity? jobSpan, TimeProvider time, ILogger<JobGrain> log) : ICanvas, IDisposable
{
    private Activity? _octave;
    private Activity? _step;
    private long _began;

    public async Task OpenAsync(Octave octave, CancellationToken cancellation)
    {
        Spans.Close(_octave);
        _octave = Tag(Spans.Open(jobSpan, Spans.Octave), octave);
        using var scope = log.BeginScope(new WorkScope(job, octave.Index + 1));
        await canvas.OpenAsync(octave, cancellation);
    }

    public async Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
    {
        using var scope = log.BeginScope(new WorkScope(job, octave.Index + 1));
        using var span = Tag(Spans.Root(Spans.Measure, _octave), octave);
        return await canvas.SumChannelsAsync(octave, layers, cancellation);
    }

    public async Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation)
    {
        using var scope = log.BeginScope(new WorkScope(job, octave.Index + 1, step + 1));
        _began = time.GetTimestamp();
        _step = Tag(Spans.Root(Spans.Step, _octave), octave)?.SetTag("dreamfarm.step", step + 1);
        return await InStepAsync(() => canvas.GradientAsync(octave, step, objective, cancellation));
    }

    public async Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation)
    {
        using var scope = log.BeginScope(new WorkScope(job, octave.Index + 1, step + 1));
        return await InStepAsync(() => canvas.MeasureAsync(octave, step, scales, cancellation));
    }

    public async Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation)
    {
        using var scope = log.BeginScope(new WorkScope(job, octave.Index + 1, step + 1));
        using (Spans.Child(_step, "ascend"))
            await canvas.AscendAsync(octave, step, scales, cancellation);
        Spans.Close(_step);
        var seconds = time.GetElapsedTime(_began);
        FarmMeter.Stepped(seconds, octave.Size.Pixels);
        log.Stepped(job, octave.Index + 1, step + 1, seconds.TotalSeconds);
    }

    /// <summary>Ends the spans of a dream that is over, whether it came to its end or not.</summary>
    public void Dispose()
    {
        Spans.Close(_step);
        Spans.Close(_octave);
    }

    private async Task<T> InStepAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e)
        {
            _step?.SetStatus(ActivityStatusCode.Error, e.Message);
            Spans.Close(_step);
            throw;
        }
    }

    private Activity? Tag(Activity? span, Octave octave) => span?
        .SetTag("dreamfarm.job", job)
        .SetTag("dreamfarm.octave", octave.Index + 1)
        .SetTag("dreamfarm.pixels", octave.Size.Pixels);
}
