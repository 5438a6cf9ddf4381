namespace DreamFarm.Networks;

/// <summary>The layers of a network that is dreamt at every node.</summary>
internal static class LayerList
{
    /// <summary>A layer for each node, in the network's order.</summary>
    /// <param name="aliases">Other names of a node.</param>
    /// <param name="contexts">What the network's file states for the layers it names; the others follow from them. Null leaves all exact.</param>
    public static IReadOnlyList<Layer> Of(
        IEnumerable<Node> nodes, Func<string, string[]> aliases, IReadOnlyDictionary<string, AutomaticContext>? contexts = null) =>
        [.. nodes.Select(node => new Layer(node.Name, contexts is not null && contexts.TryGetValue(node.Name, out var context) ? context : null, aliases(node.Name)))];
}
