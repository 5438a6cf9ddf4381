namespace DreamFarm.Networks;

/// <summary>What has to be computed for a set of layers, and the sizes that windows need for it.</summary>
public sealed record NetworkEvaluation
{
    /// <summary>The nodes that the layers depend on, and the layers themselves, in the network's order; nothing deeper.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>
    /// Nodes whose values only one other node needs, so that it may overwrite them: neither wanted layers nor read twice, not the
    /// first behind the canvas, and made by an operation that goes back without its result.
    /// </summary>
    public required IReadOnlySet<string> Passing { get; init; }

    /// <summary>
    /// Side of the stride grid in pixels: the least common multiple of the strides of every evaluated node. Windows
    /// start on this grid and their sizes are multiples of it.
    /// </summary>
    public required int Stride { get; init; }

    /// <summary>Whether a layer stands behind a global operation, so that the canvas has to be one window.</summary>
    public required bool IsGlobal { get; init; }

    /// <summary>Context in pixels with which tiles give the whole canvas's gradient; a multiple of <see cref="Stride"/>.</summary>
    public required int ExactContext { get; init; }

    /// <summary>
    /// The largest of the layers' automatic contexts, rounded up to <see cref="Stride"/>, with the largest of the
    /// errors measured for them; unmeasured if one of them is.
    /// </summary>
    public required AutomaticContext AutomaticContext { get; init; }
}
