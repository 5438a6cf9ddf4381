using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Engine;

/// <summary>
/// An objective at one octave: what a cell of each layer counts, and how the backward pass is scaled. It follows from
/// the plan alone, never from pixels, so every window of the octave is computed alike wherever it is computed.
/// </summary>
public sealed class OctaveObjective
{
    /// <param name="geometry">Of the network that <paramref name="objective"/> names layers of.</param>
    /// <param name="objective">At least one term; its ranked channels have been chosen.</param>
    /// <param name="canvasHeight">Rows of the octave's canvas, not of a window.</param>
    /// <param name="canvasWidth">Columns of the octave's canvas.</param>
    /// <param name="boundary">How the canvas goes on outside the image.</param>
    /// <param name="guide">Features of the guide image for every layer that the objective guides; null where it guides none.</param>
    /// <exception cref="ArgumentException">A layer that the network does not have, no term, channels that are still to be ranked, guided layers without features, or an empty canvas.</exception>
    public OctaveObjective(
        NetworkGeometry geometry, Objective objective, int canvasHeight, int canvasWidth, Boundary boundary = Boundary.Wrap, GuideFeatures? guide = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(canvasHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(canvasWidth);
        Network = geometry.Network;
        Evaluation = geometry.Evaluate(objective.Layers);
        Layers = objective.Layers;
        Terms = [.. objective.Terms.Select(term => Make(term, geometry[term.Layer], new Size(canvasHeight, canvasWidth), boundary, guide))];
        double largest = Terms.Max(term => Math.Abs(term.Coefficient));
        SeedExponent = largest > 0 ? -Math.ILogB(largest) : 0;
    }

    /// <summary>The network whose layers these are.</summary>
    public NetworkDescription Network { get; }

    /// <summary>The nodes that have to be computed, and the stride and contexts of windows.</summary>
    public NetworkEvaluation Evaluation { get; }

    /// <summary>
    /// The backward pass runs on the objective times 2^SeedExponent, which makes the largest term's coefficient lie in
    /// [1, 2): on 100 megapixels it is about 1e-9 otherwise, and its products with small activations and weights would
    /// leave float32's range. <see cref="WindowResult.Exponent"/> takes it back exactly.
    /// </summary>
    public int SeedExponent { get; }

    /// <summary>The layers that terms are about, each once.</summary>
    internal IReadOnlyList<string> Layers { get; }

    internal IReadOnlyList<IWindowTerm> Terms { get; }

    /// <summary>A layer's place in <see cref="Layers"/>.</summary>
    internal int IndexOf(string layer)
    {
        for (int i = 0; i < Layers.Count; i++)
        {
            if (Layers[i] == layer)
                return i;
        }
        throw new ArgumentException($"{layer} is no layer of the objective.", nameof(layer));
    }

    private static IWindowTerm Make(ObjectiveTerm term, NodeGeometry node, Size canvas, Boundary boundary, GuideFeatures? guide)
    {
        int stride = node.IsPoint ? 0 : node.Stride;
        bool squared = term.Kind == ObjectiveKind.L2;
        if (term is { Kind: not ObjectiveKind.Guide, Channels: Neuron neuron })
        {
            var (row, column) = neuron.PixelOn(canvas.Height, canvas.Width);
            return new NeuronTerm(term.Layer, stride, squared, neuron.Channel, term.Weight, row, column, canvas, boundary == Boundary.Wrap);
        }

        if (term.Channels is not (AllChannels or ChosenChannels))
            throw new ArgumentException($"The channels of {term} have to be chosen first.", nameof(term));
        var chosen = term.Channels as ChosenChannels;
        double coefficient = term.Weight / ((chosen?.Count ?? node.Channels) * node.Cells(canvas.Height, canvas.Width));
        if (term.Kind != ObjectiveKind.Guide)
            return new ChannelsTerm(term.Layer, stride, squared, chosen, coefficient);
        if (guide?.Find(term.Layer) is not { } features || features.Channels != node.Channels)
            throw new ArgumentException($"The guide has no features for {term}.", nameof(guide));
        return new GuideTerm(term.Layer, stride, GuideTerm.Choose(features.Values.Span, node.Channels, chosen), features.Cells, coefficient);
    }
}
