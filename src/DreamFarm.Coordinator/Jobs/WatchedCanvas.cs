using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>Tells the watch what the dream does next.</summary>
/// <param name="chosen">Whether the octaves' objectives are chosen by what is on the canvas, so that people want to see them.</param>
/// <param name="note">Adds a sentence to the job's history.</param>
internal sealed class WatchedCanvas(ICanvas canvas, JobWatch watch, bool chosen, Func<string, Task> note) : ICanvas
{
    private Octave? _told;

    public async Task OpenAsync(Octave octave, CancellationToken cancellation)
    {
        await canvas.OpenAsync(octave, cancellation);
        watch.Opened(octave);
    }

    public Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
        canvas.SumChannelsAsync(octave, layers, cancellation);

    public async Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation)
    {
        if (chosen && octave != _told)
        {
            _told = octave;
            watch.Chosen(octave, objective);
            // An octave that goes on has it in its history.
            if (step == 0)
                await note($"octave {octave.Index + 1} is dreamt with {objective}");
        }
        return await canvas.GradientAsync(octave, step, objective, cancellation);
    }

    public Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        canvas.MeasureAsync(octave, step, scales, cancellation);

    public Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
        canvas.AscendAsync(octave, step, scales, cancellation);
}
