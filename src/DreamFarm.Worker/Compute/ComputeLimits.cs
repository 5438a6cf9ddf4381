namespace DreamFarm.Worker;

/// <summary>What a stream may ask of this worker.</summary>
/// <param name="CreditBytes">Window bytes a stream may have under way.</param>
/// <param name="MaxWindowPixels">The largest window.</param>
internal sealed record ComputeLimits(long CreditBytes, long MaxWindowPixels)
{
    /// <summary>A window of the usual 704x704 pixels is 3 MB: 40 lanes with one computed and one waiting each.</summary>
    private const long DefaultCredit = 256 << 20;

    /// <summary>
    /// Memory that a forward and a backward pass keep for a pixel, bytes: generous for SqueezeNet at its deepest layer,
    /// whose activations alone are about 500.
    /// </summary>
    private const long BytesPerPixel = 1200;

    /// <summary>What this machine's memory allows each of its lanes.</summary>
    public static ComputeLimits For(int lanes)
    {
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 7;
        long pixels = Math.Max(1 << 20, memory / lanes / BytesPerPixel);
        return new ComputeLimits(Math.Max(DefaultCredit, 2L * lanes * 6 * 1024 * 1024), pixels);
    }
}
