namespace DreamFarm.Dreaming;

/// <summary>Makes of the bands' reports what must be known of a step over the whole canvas. All sums go in the plan's order.</summary>
internal sealed class StepMeasure(DreamSpec spec, Octave octave)
{
    /// <summary>What is known so far.</summary>
    public StepScales Scales { get; private set; } = StepScales.None;

    /// <summary>Whether all is known.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The objective before the step.</summary>
    public double Loss { get; private set; }

    /// <summary>Takes what all bands report of one round, topmost first.</summary>
    public void Take(IReadOnlyList<BandReport> reports)
    {
        var figures = RowFigures.Next(spec, Scales);
        var sums = new double[figures.Count];
        double loss = 0;
        bool measured = false;
        foreach (var report in reports)
        {
            for (int i = 0; i < report.Rows.Count; i++)
                sums[i % sums.Length] += report.Rows[i];
            measured |= report.Rows.Count > 0;
            foreach (double tile in report.Losses)
                loss += tile;
        }
        Loss += loss;
        // With a filter nothing can be measured before all gradients are there.
        if (!measured)
            return;

        if (figures.Penalty)
            Loss -= sums[^1];
        long values = 3 * octave.Size.Pixels;
        if (figures.Levels == 0)
        {
            Scales = Scales with { Gradient = spec.Normaliser.Of(new Moments(sums[0], sums[1]), values) };
            IsComplete = true;
        }
        else
        {
            Scales = Scales with { Levels = [.. sums.Take(figures.Levels).Select((squares, level) => Math.Sqrt(squares / CellsOf(level)))] };
        }
    }

    private double CellsOf(int level)
    {
        long rows = (octave.Size.Height + (1L << level) - 1) >> level, columns = (octave.Size.Width + (1L << level) - 1) >> level;
        return 3.0 * rows * columns;
    }
}
