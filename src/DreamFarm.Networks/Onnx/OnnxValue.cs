namespace DreamFarm.Networks;

/// <summary>What a name in an ONNX graph stands for while the graph is read.</summary>
internal abstract record OnnxValue;

/// <summary>Numbers that are in the file.</summary>
internal sealed record OnnxConstant(OnnxTensor Tensor) : OnnxValue;

/// <summary>Integers worked out from the shapes of maps, as exporters write a flattening; null for what no fixed size says.</summary>
internal sealed record OnnxShape(IReadOnlyList<long?> Numbers) : OnnxValue;

/// <summary>What a node of the network computes from the picture.</summary>
/// <param name="Node">The network's node.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="Height">Cells by the sizes that the file fixes; null where it fixes none.</param>
/// <param name="Width">As <paramref name="Height"/>.</param>
internal sealed record OnnxMap(string Node, int Channels, long? Height, long? Width) : OnnxValue
{
    /// <summary>Which side of the ONNX tensor the channels are: 1, or 3 where the picture came with its channels last.</summary>
    public int ChannelSide { get; init; } = 1;

    /// <summary>Whether the ONNX tensor has two sides: the picture, and all values of the map in a row.</summary>
    public bool IsFlat { get; init; }

    /// <summary>
    /// Whether this is part of the head behind a global pooling. The network computes it at every cell of what
    /// that pooling reads, instead of once from the mean; Height and Width are 1, as the file has them.
    /// </summary>
    public bool IsHead { get; init; }

    /// <summary>Whether it is one cell for the whole picture, behind a global pooling that is no head's.</summary>
    public bool IsPooled { get; init; }

    /// <summary>Of a head, the pooling's own node as long as nothing was computed from it: what <see cref="Node"/> is the mean of.</summary>
    public string? Pooling { get; init; }

    /// <summary>Whether the file says that it has a single cell.</summary>
    public bool IsPoint => Height == 1 && Width == 1;

    /// <summary>Sides of the ONNX tensor.</summary>
    public int Sides => IsFlat ? 2 : 4;
}
