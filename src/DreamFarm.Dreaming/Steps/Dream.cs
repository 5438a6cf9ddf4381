using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>
/// A dream (Mordvintsev, Olah, Tyka: "Inceptionism", 2015): gradient ascent on the image, octave by octave.
/// </summary>
/// <param name="objectives">What each octave is dreamt with; null if the canvas's source of gradients needs not be told.</param>
/// <param name="measuring">Told true before an octave's channels are measured and false after it, whether that came to its end or not.</param>
public sealed class Dream(Plan plan, ICanvas canvas, IOctaveObjectives? objectives = null, Action<Octave, bool>? measuring = null)
{
    /// <summary>Dreams all octaves; the canvas then holds the result.</summary>
    /// <param name="stepped">Called after every step.</param>
    /// <param name="cancellation">Ends the dream within a step.</param>
    /// <exception cref="GradientException">A gradient could not be had.</exception>
    public Task RunAsync(Action<StepReport> stepped, CancellationToken cancellation) => RunAsync(default, null, stepped, cancellation);

    /// <summary>Dreams what is left after <paramref name="from"/>; the canvas then holds the result.</summary>
    /// <param name="from">With steps done, the canvas must hold that octave as it was after them.</param>
    /// <param name="objective">What that octave is dreamt with, if it was chosen by what was on the canvas as the octave began; otherwise null.</param>
    /// <param name="stepped">Called after every step.</param>
    /// <param name="cancellation">Ends the dream within a step.</param>
    /// <exception cref="GradientException">A gradient could not be had.</exception>
    public async Task RunAsync(Position from, string? objective, Action<StepReport> stepped, CancellationToken cancellation)
    {
        foreach (var octave in plan.Octaves.Skip(from.Octave))
        {
            int done = octave.Index == from.Octave ? from.Steps : 0;
            // 1. The original at this size, with what was dreamt so far.
            if (done == 0)
                await canvas.OpenAsync(octave, cancellation);

            // 2. What it is dreamt with: channels that are left open are chosen by what the network sees now.
            if (done == 0 || objective is null)
                objective = await ChooseAsync(octave, done, objective, cancellation);
            for (int step = done; step < plan.Spec.Steps; step++)
            {
                // 3. The gradient of every tile, merged under the step's roll.
                var reports = await canvas.GradientAsync(octave, step, objective, cancellation);

                // 4. What of it must be known over the whole canvas, summed in the plan's order: the loss and the normaliser's
                //    measure; before that, with a filter, what the filter needs.
                var measure = new StepMeasure(plan.Spec, octave);
                measure.Take(reports);
                while (!measure.IsComplete)
                    measure.Take(await canvas.MeasureAsync(octave, step, measure.Scales, cancellation));

                // 5. canvas += step size x filtered gradient / measure, clamped and rounded.
                await canvas.AscendAsync(octave, step, measure.Scales, cancellation);
                stepped(new StepReport(octave, step, measure.Loss, measure.Scales.Gradient, objective));
            }
        }
    }

    private async Task<string> ChooseAsync(Octave octave, int done, string? before, CancellationToken cancellation)
    {
        if (objectives is null)
            return "";
        var layers = objectives.Measures(octave);
        if (layers.Count == 0)
            return objectives.Choose(octave, before, []);
        if (done > 0)
            throw new InvalidOperationException($"octave {octave.Index} goes on after {done} steps, and nobody knows which channels it was begun with");
        var total = new double[layers.Sum(layer => layer.Channels)];
        foreach (double[] band in await SumAsync(octave, layers, cancellation))
            TensorPrimitives.Add(total, band, total);
        return objectives.Choose(octave, before, total);
    }

    private async Task<IReadOnlyList<double[]>> SumAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
    {
        measuring?.Invoke(octave, true);
        try
        {
            return await canvas.SumChannelsAsync(octave, layers, cancellation);
        }
        finally
        {
            measuring?.Invoke(octave, false);
        }
    }
}
