using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary>A network as listings show it.</summary>
/// <param name="Name">What --network takes.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Weights">"built in" or the file that would be used; null if they have to be found.</param>
/// <param name="Layers">What --layers takes, shallow to deep.</param>
/// <param name="Defaults">What a spec gets that says nothing.</param>
/// <param name="Publisher">Where weights come from; null if nobody publishes them.</param>
internal sealed record NetworkView(string Name, string Summary, string? Weights, IReadOnlyList<string> Layers, NetworkDefaults Defaults, Publisher? Publisher)
{
    /// <param name="network">The network.</param>
    /// <param name="file">Where its weights are installed, or null.</param>
    public static NetworkView Of(NetworkDescription network, string? file) => new(
        network.Name,
        network.Summary,
        file ?? (network.BuiltInWeights is null ? null : "built in"),
        [.. network.Layers.Select(layer => layer.Name)],
        network.Defaults,
        network.Publisher);
}
