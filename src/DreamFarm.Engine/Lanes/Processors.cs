using System.Runtime.InteropServices;

namespace DreamFarm.Engine;

/// <summary>The processors that Linux lets this process run on, and threads that keep to one of them.</summary>
internal static unsafe partial class Processors
{
    private const int WordBits = 64;
    private const int Words = 8192 / WordBits;

    /// <summary>The numbers of the processors that this thread may run on, ascending; empty if the system does not say.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        if (!OperatingSystem.IsLinux())
            return [];
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        if (sched_getaffinity(0, Words * sizeof(ulong), mask) != 0)
            return [];
        var allowed = new List<int>();
        for (int processor = 0; processor < Words * WordBits; processor++)
        {
            if ((mask[processor / WordBits] >> processor % WordBits & 1) != 0)
                allowed.Add(processor);
        }
        return allowed;
    }

    /// <summary>Keeps the calling thread on one processor. It may be refused, which only costs speed.</summary>
    public static void KeepTo(int processor)
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        mask[processor / WordBits] = 1UL << processor % WordBits;
        _ = sched_setaffinity(0, Words * sizeof(ulong), mask);
    }

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int thread, nuint size, ulong* mask);
}
