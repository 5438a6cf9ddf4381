using DreamFarm.Networks;
using DreamFarm.Protocol.Assets;

namespace DreamFarm.Worker;

/// <summary>
/// The weights of other networks than the built-in ones, by their hash: those that the coordinator sent before, then the models
/// folders, then what the coordinator has.
/// </summary>
internal sealed class WorkerWeights(FetchedAssets assets, WeightsLocator locator)
{
    /// <summary>Opens weights, which may take as long as fetching them.</summary>
    /// <exception cref="WorkerException">They are not to be had; one sentence.</exception>
    /// <exception cref="WeightsException">They are not those of the network.</exception>
    public async Task<NetworkWeights> OpenAsync(string network, string sha256, CancellationToken cancellation)
    {
        if (!AssetHash.IsValid(sha256))
            throw new WorkerException("weights_sha256 must be 64 lowercase hexadecimal digits");
        if (assets.OpenKept(sha256) is { } kept)
            return NetworkWeights.Load(network, kept);
        if (locator.Find(network, sha256) is { } found)
            return found;
        return NetworkWeights.Load(network, await assets.OpenAsync($"weights {AssetHash.Short(sha256)} of {network}", sha256, cancellation));
    }
}
