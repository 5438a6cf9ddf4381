namespace DreamFarm.Dreaming;

/// <summary>What is done to the merged gradient before it is normalised: a filter over the whole canvas and its boundary extension.</summary>
public abstract record GradientFilter
{
    private protected GradientFilter()
    {
    }

    /// <summary>How far a filtered row looks, rows up and down.</summary>
    public abstract int Reach { get; }

    /// <summary>Makes what filters the rows of one pass over a band, in order.</summary>
    /// <param name="shape">The canvas, its boundary, and the rows that are wanted.</param>
    /// <param name="scales">What has been measured of the step so far.</param>
    /// <param name="finished">Takes the filtered rows.</param>
    /// <param name="measured">Takes what the filter itself must know over the whole canvas, if that is not in <paramref name="scales"/> yet.</param>
    internal abstract IRowFilter Open(PassShape shape, StepScales scales, RowSink finished, LevelSink measured);

    /// <summary>Sums that must be known of the whole canvas before rows can be filtered; 0 if there are none.</summary>
    internal abstract int Levels { get; }
}
