using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary>A network as listings show it.</summary>
/// <param name="Name">What --network takes.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Weights">"built in" or the file that would be used; null if they have to be found.</param>
/// <param name="Layers">What --layers takes, shallow to deep.</param>
/// <param name="Defaults">What a spec gets that says nothing.</param>
internal sealed record NetworkView(string Name, string Summary, string? Weights, IReadOnlyList<string> Layers, NetworkDefaults Defaults)
{
    public static NetworkView Of(NetworkDescription network, WeightsLocator locator) => new(
        network.Name,
        network.Summary,
        locator.FindFile(network) ?? (network.BuiltInWeights is null ? null : "built in"),
        [.. network.Layers.Select(layer => layer.Name)],
        network.Defaults);
}
