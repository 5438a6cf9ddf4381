namespace DreamFarm.Dreaming;

/// <summary>
/// A dream (Mordvintsev, Olah, Tyka: "Inceptionism", 2015): gradient ascent on the image, octave by octave.
/// </summary>
public sealed class Dream(Plan plan, ICanvas canvas)
{
    /// <summary>Dreams all octaves; the canvas then holds the result.</summary>
    /// <param name="stepped">Called after every step.</param>
    /// <param name="cancellation">Ends the dream within a step.</param>
    /// <exception cref="GradientException">A gradient could not be had.</exception>
    public Task RunAsync(Action<StepReport> stepped, CancellationToken cancellation) => RunAsync(default, stepped, cancellation);

    /// <summary>Dreams what is left after <paramref name="from"/>; the canvas then holds the result.</summary>
    /// <param name="from">With steps done, the canvas must hold that octave as it was after them.</param>
    /// <param name="stepped">Called after every step.</param>
    /// <param name="cancellation">Ends the dream within a step.</param>
    /// <exception cref="GradientException">A gradient could not be had.</exception>
    public async Task RunAsync(Position from, Action<StepReport> stepped, CancellationToken cancellation)
    {
        foreach (var octave in plan.Octaves.Skip(from.Octave))
        {
            int done = octave.Index == from.Octave ? from.Steps : 0;
            // 1. The original at this size, with what was dreamt so far.
            if (done == 0)
                await canvas.OpenAsync(octave, cancellation);
            for (int step = done; step < plan.Spec.Steps; step++)
            {
                // 2. The gradient of every tile, merged under the step's roll.
                var reports = await canvas.GradientAsync(octave, step, cancellation);

                // 3. What of it must be known over the whole canvas, summed in the plan's order: the loss and the normaliser's
                //    measure; before that, with a filter, what the filter needs.
                var measure = new StepMeasure(plan.Spec, octave);
                measure.Take(reports);
                while (!measure.IsComplete)
                    measure.Take(await canvas.MeasureAsync(octave, step, measure.Scales, cancellation));

                // 4. canvas += step size x filtered gradient / measure, clamped and rounded.
                await canvas.AscendAsync(octave, step, measure.Scales, cancellation);
                stepped(new StepReport(octave, step, measure.Loss, measure.Scales.Gradient));
            }
        }
    }
}
