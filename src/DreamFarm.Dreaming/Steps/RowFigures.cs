namespace DreamFarm.Dreaming;

/// <summary>
/// What bands report of each row of theirs when they measure: the sum of squares of each level of the filter's pyramid as long as
/// those are not known, otherwise the gradient's sum and sum of squares; and the first time, behind them, what the row takes from
/// the objective through the terms of pixels, if there are any.
/// </summary>
/// <param name="Levels">Levels that are measured; 0 if the gradient is.</param>
/// <param name="Penalty">Whether there is a penalty.</param>
internal readonly record struct RowFigures(int Levels, bool Penalty)
{
    /// <summary>Figures of levels or of the gradient.</summary>
    public int Measured => Levels > 0 ? Levels : 2;

    /// <summary>All figures of a row.</summary>
    public int Count => Measured + (Penalty ? 1 : 0);

    public static RowFigures Next(DreamSpec spec, StepScales scales)
    {
        bool first = scales.Levels.Count == 0;
        return new RowFigures(first ? spec.Filter?.Levels ?? 0 : 0, first && spec.HasPixelTerms);
    }
}
