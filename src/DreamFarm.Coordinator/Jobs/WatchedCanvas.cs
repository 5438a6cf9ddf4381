using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>Tells the watch what the dream does next.</summary>
internal sealed class WatchedCanvas(ICanvas canvas, JobWatch watch) : ICanvas
{
    public async Task OpenAsync(Octave octave, CancellationToken cancellation)
    {
        await canvas.OpenAsync(octave, cancellation);
        watch.Opened(octave);
    }

    public Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, CancellationToken cancellation) =>
        canvas.GradientAsync(octave, step, cancellation);

    public Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        canvas.MeasureAsync(octave, step, scales, cancellation);

    public Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        canvas.AscendAsync(octave, step, scales, cancellation);
}
