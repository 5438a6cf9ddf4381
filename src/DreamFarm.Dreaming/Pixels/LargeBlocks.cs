using System.Runtime.InteropServices;

namespace DreamFarm.Dreaming;

/// <summary>Keeps the C library's allocator from holding on to large blocks that were freed.</summary>
internal static partial class LargeBlocks
{
    private const int MmapThreshold = -3;

    // Blocks of this many bytes and more are mapped one by one, and unmapped when freed.
    private const int Bytes = 1 << 20;

    /// <summary>
    /// glibc maps large blocks too, at first, but raises the limit to the largest that was freed, up to 32 MiB: pixels
    /// would then leave holes in its heap, and a process that has done some jobs would look as if it still held them.
    /// </summary>
    public static void ReturnWhenFreed()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = mallopt(MmapThreshold, Bytes);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which has no such limit.
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
