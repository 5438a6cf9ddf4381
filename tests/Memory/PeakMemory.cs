using System.Globalization;
using System.Runtime.InteropServices;

namespace DreamFarm.Tests;

/// <summary>The memory of this process, for tests that run alone in it.</summary>
internal static class PeakMemory
{
    // M_MMAP_THRESHOLD of malloc.h.
    private const int MapThreshold = -3;

    /// <summary>Skips the test where the system does not tell.</summary>
    public static void SkipIfUnknown() => Assert.SkipUnless(File.Exists("/proc/self/clear_refs"), "Peak memory is read from /proc.");

    /// <summary>By how many bytes the process's memory grows at most while something is done.</summary>
    public static async Task<long> GrowthAsync(Func<Task> work)
    {
        // What earlier tests left and the system did not get back would be used again, and nothing would seem to grow.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        MapLargeBlocks();
        Trim();
        // The peak is from now on that of now.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5", TestContext.Current.CancellationToken);
        long before = Status("VmRSS");
        await work();
        // The system counts for each thread and adds up now and then: of work that takes next to nothing the peak may come out below the beginning.
        return Math.Max(0, Status("VmHWM") - before);
    }

    /// <summary>Hands back to the system what no one uses; only glibc can.</summary>
    private static unsafe void Trim()
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out nint trim))
            _ = ((delegate* unmanaged<nuint, int>)trim)(0);
    }

    /// <summary>
    /// Has large blocks go back to the system as they are freed. glibc stops doing that once such a block was freed, and what
    /// it keeps then depends on the threads that ran before.
    /// </summary>
    private static unsafe void MapLargeBlocks()
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallopt", out nint mallopt))
            _ = ((delegate* unmanaged<int, int, int>)mallopt)(MapThreshold, 128 << 10);
    }

    private static long Status(string field) => 1024 * File.ReadLines("/proc/self/status")
        .Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
        .Select(line => long.Parse(line.AsSpan(field.Length + 1).Trim().TrimEnd("kB ").ToString(), CultureInfo.InvariantCulture)).Single();
}
