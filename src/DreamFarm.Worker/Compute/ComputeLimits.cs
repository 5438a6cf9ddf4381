using DreamFarm.Engine;
using DreamFarm.Networks;

namespace DreamFarm.Worker;

/// <summary>What a stream may ask of this worker.</summary>
/// <param name="CreditBytes">Window bytes a stream may have under way.</param>
/// <param name="MaxWindowPixels">The largest window of any network; what an objective's may be, <see cref="EngineCache.MaxWindowPixels"/> says.</param>
internal sealed record ComputeLimits(long CreditBytes, long MaxWindowPixels)
{
    /// <summary>A window of the usual 704x704 pixels is 3 MB: 40 lanes with one computed and one waiting each.</summary>
    private const long DefaultCredit = 256 << 20;

    /// <summary>What this machine's memory allows each of its lanes for the network that takes the least.</summary>
    public static ComputeLimits For(EngineOptions options)
    {
        long pixels = NetworkCatalog.All.Max(network => WindowMemory.MaxWindowPixels(new NetworkGeometry(network), options.Precision, WindowMemory.Available, options.LaneCount, options.Batches));
        return new ComputeLimits(Math.Max(DefaultCredit, 2L * options.LaneCount * 6 * 1024 * 1024), pixels);
    }
}
