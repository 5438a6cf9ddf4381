using DreamFarm.Engine;

namespace DreamFarm.Worker;

/// <summary>What windows are computed with: for an objective's gradient, or for the sums of layers' activations.</summary>
/// <param name="Objective">Null if sums are asked for.</param>
/// <param name="Measurement">Null if gradients are.</param>
internal sealed record WindowTask(GradientEngine Engine, OctaveObjective? Objective, ChannelMeasurement? Measurement)
{
    /// <summary>Of which windows' height and width must be multiples, pixels.</summary>
    public int Stride => (Objective?.Evaluation ?? Measurement!.Evaluation).Stride;
}
