namespace DreamFarm.Networks;

/// <summary>What is made of an activation a before the mean over a layer's cells and channels is taken.</summary>
public enum ObjectiveKind
{
    /// <summary>a * a.</summary>
    L2,

    /// <summary>a itself.</summary>
    Mean,
}

/// <summary>
/// What a dream maximises: the sum over layers of weight x mean over the canvas's cells and the layer's channels of
/// f(activation). The mean divides by <c>C * (H / s) * (W / s)</c> for a canvas of H x W pixels, a layer of C channels
/// and stride s.
/// </summary>
public sealed record Objective(ObjectiveKind Kind, IReadOnlyList<WeightedLayer> Layers);

/// <summary>A layer and its share in the objective.</summary>
public readonly record struct WeightedLayer(string Layer, double Weight);
