using DreamFarm.Networks;

namespace DreamFarm.Engine;

/// <summary>
/// An objective at one octave: what a cell of each layer counts, and how the backward pass is scaled. It follows from
/// the plan alone, never from pixels, so every window of the octave is computed alike wherever it is computed.
/// </summary>
public sealed class OctaveObjective
{
    /// <param name="geometry">Of the network that <paramref name="objective"/> names layers of.</param>
    /// <param name="objective">At least one layer.</param>
    /// <param name="canvasHeight">Rows of the octave's canvas, not of a window.</param>
    /// <param name="canvasWidth">Columns of the octave's canvas.</param>
    /// <exception cref="ArgumentException">A layer that the network does not have, no layer, or an empty canvas.</exception>
    public OctaveObjective(NetworkGeometry geometry, Objective objective, int canvasHeight, int canvasWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(canvasHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(canvasWidth);
        Network = geometry.Network;
        Evaluation = geometry.Evaluate(objective.Layers);
        Terms =
        [
            .. objective.Terms.Select(term =>
            {
                if (term.Kind == ObjectiveKind.Guide || term.Channels is not AllChannels)
                    throw new ArgumentException($"The engine cannot compute {term}.", nameof(objective));
                NodeGeometry node = geometry[term.Layer];
                double cells = node.Channels * node.Cells(canvasHeight, canvasWidth);
                return new Term(term.Kind, term.Layer, node.Stride, term.Weight / cells);
            }),
        ];
        double largest = Terms.Max(term => Math.Abs(term.Coefficient));
        SeedExponent = largest > 0 ? -Math.ILogB(largest) : 0;
    }

    /// <summary>The network whose layers these are.</summary>
    public NetworkDescription Network { get; }

    /// <summary>The nodes that have to be computed, and the stride and contexts of windows.</summary>
    public NetworkEvaluation Evaluation { get; }

    /// <summary>
    /// The backward pass runs on the objective times 2^SeedExponent, which makes the largest layer's coefficient lie in
    /// [1, 2): on 100 megapixels it is about 1e-9 otherwise, and its products with small activations and weights would
    /// leave float32's range. <see cref="WindowResult.Exponent"/> takes it back exactly.
    /// </summary>
    public int SeedExponent { get; }

    internal IReadOnlyList<Term> Terms { get; }

    /// <summary>One layer's share.</summary>
    /// <param name="Layer">The layer's node.</param>
    /// <param name="Stride">Pixels from cell to cell.</param>
    /// <param name="Coefficient">What one f(activation) counts: weight / (C x H/s x W/s) with the canvas's H and W.</param>
    internal readonly record struct Term(ObjectiveKind Kind, string Layer, int Stride, double Coefficient);
}
