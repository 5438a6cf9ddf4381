namespace DreamFarm.Networks;

/// <summary>One operation of a network's graph with the names of the nodes it reads.</summary>
/// <param name="Name">Unique in the network.</param>
/// <param name="Inputs">Names of earlier nodes, or <see cref="Input"/> for the preprocessed canvas.</param>
public sealed record Node(string Name, Operation Operation, params string[] Inputs)
{
    /// <summary>The name by which nodes refer to the preprocessed canvas, [1, 3, H, W].</summary>
    public const string Input = "input";
}
