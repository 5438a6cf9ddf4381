using NetVips;

namespace DreamFarm.Imaging;

/// <summary>
/// libvips' start, and its settings for the whole process. It starts with the first picture, or earlier: its start sets a variable of the
/// environment, and another thread that reads one in that moment, as many of the C library's functions do, may take the process down.
/// A process of many threads starts it before them.
/// </summary>
public static class Libvips
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

    /// <summary>How a full disk is called.</summary>
    internal const string DiskFull = "the disk is full";

    /// <summary>
    /// Why reading or writing failed, to end a sentence with: a full disk by that name, otherwise the first of libvips' own
    /// error lines, or the system's message.
    /// </summary>
    /// <param name="exception">What libvips or the system said.</param>
    /// <param name="otherwise">What is to be said where libvips has not told more than which call failed.</param>
    internal static string Reason(Exception exception, string otherwise = "it cannot be decoded")
    {
        // The runtime says the second where space is reserved, the C library the first everywhere else.
        if (exception.Message.Contains("No space left on device") || exception.Message.Contains("disk was full"))
            return DiskFull;
        if (exception.Message.Contains("Read-only file system"))
            return "its file system is read-only";
        var lines = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (exception is not VipsException)
            return lines[0].TrimEnd('.');
        // The first line names only the call that failed.
        return lines.Length > 1 ? lines[1].TrimEnd('.') : otherwise;
    }

    private static Exception? Configure()
    {
        if (!ModuleInitializer.VipsInitialized)
            return ModuleInitializer.Exception ?? new DllNotFoundException("libvips");

        // What matters of its warnings arrives as an exception as well; the rest is no text for a user.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, (_, _, _) => { });
        // The operation cache would keep images, and with them their buffers, long after they were read.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = Math.Min(Environment.ProcessorCount, MaxThreads);
        return null;
    }
}
