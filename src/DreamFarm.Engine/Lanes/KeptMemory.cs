using System.Runtime.InteropServices;

namespace DreamFarm.Engine;

/// <summary>
/// Memory that the allocator keeps for the next window. jemalloc, which bin/dreamfarm and the worker's container start the
/// program with, is told to hand nothing back by itself, so that is done here when there has been no window for a while.
/// </summary>
internal static unsafe class KeptMemory
{
    private static readonly delegate* unmanaged<byte*, void*, nuint*, void*, nuint, int> _control =
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallctl", out nint address)
            ? (delegate* unmanaged<byte*, void*, nuint*, void*, nuint, int>)address
            : null;

    /// <summary>Hands back to the system what no tensor uses; does nothing with another allocator.</summary>
    public static void HandBack()
    {
        if (_control == null)
            return;

        // 4096 stands for all arenas.
        fixed (byte* purge = "arena.4096.purge\0"u8)
            _ = _control(purge, null, null, null, 0);
    }
}
