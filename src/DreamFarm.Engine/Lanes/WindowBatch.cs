namespace DreamFarm.Engine;

/// <summary>
/// How many windows a GPU's lane computes together. One window of a usual tile leaves most of a GPU idle; about 4 megapixels, at most 16
/// windows, do not. But a library may compute a batch of another size by another kernel, and round otherwise: so the size follows from the
/// plan alone, never from how many windows wait, and a batch that is not full is filled up with empty windows. A CPU's lane computes
/// one window at a time, as there are lanes enough to keep its processors busy.
/// </summary>
public static class WindowBatch
{
    /// <summary>The most windows of a batch.</summary>
    public const int Most = 16;

    private const long MostPixels = 4 << 20;
    private const long MostBytes = 4L << 30;

    /// <summary>Windows a batch on a GPU: as many as have 4 megapixels and take 4 GiB together, but 1 to <see cref="Most"/>.</summary>
    /// <param name="windowPixels">Pixels of one window.</param>
    /// <param name="bytesPerPixel">What <see cref="WindowMemory.BytesPerPixel"/> says.</param>
    public static int Size(long windowPixels, double bytesPerPixel) => (int)Math.Clamp(Pixels(bytesPerPixel) / windowPixels, 1, Most);

    /// <summary>The largest window, in pixels, whose batch fits where <paramref name="fitting"/> pixels do, and so does every smaller window's.</summary>
    internal static long LargestWindow(long fitting, double bytesPerPixel) => fitting >= Pixels(bytesPerPixel) ? fitting : fitting / Most;

    private static long Pixels(double bytesPerPixel) => (long)Math.Min(MostPixels, MostBytes / bytesPerPixel);
}
