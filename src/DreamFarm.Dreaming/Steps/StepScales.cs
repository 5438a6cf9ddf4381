namespace DreamFarm.Dreaming;

/// <summary>What has been measured of a step's gradient over the whole canvas.</summary>
/// <param name="Levels">Root mean square of each level of the filter's pyramid, finest first; empty without a pyramid, or before it is measured.</param>
/// <param name="Gradient">The normaliser's measure of the gradient, with what the filter made of it; 0 before it is measured.</param>
public sealed record StepScales(IReadOnlyList<double> Levels, double Gradient)
{
    /// <summary>Nothing has been measured.</summary>
    public static StepScales None { get; } = new([], 0);
}
