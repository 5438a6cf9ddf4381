using NetVips;

namespace DreamFarm.Imaging;

/// <summary>libvips' start, and its settings for the whole process.</summary>
internal static class Libvips
{
    // More threads than this do not speed up a decoder or encoder, but each holds its own strip buffers.
    private const int MaxThreads = 4;

    private static readonly Lazy<Exception?> _failure = new(Configure);

    /// <summary>Makes sure that libvips is there and set up.</summary>
    /// <exception cref="ImageException">libvips is not installed.</exception>
    public static void Start()
    {
        if (_failure.Value is { } failure)
            throw new ImageException("Images need libvips 8.13 or later, and it could not be loaded: install it (on Debian: apt install libvips42).", failure);
    }

    /// <summary>The gist of libvips' own error lines, without its operation names and line ends.</summary>
    public static string Reason(VipsException exception) =>
        exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } lines
            ? lines[1].TrimEnd('.')
            : exception.Message.Trim().TrimEnd('.');

    private static Exception? Configure()
    {
        if (!ModuleInitializer.VipsInitialized)
            return ModuleInitializer.Exception ?? new DllNotFoundException("libvips");

        // The operation cache would keep images, and with them their buffers, long after they were read.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = Math.Min(Environment.ProcessorCount, MaxThreads);
        return null;
    }
}
