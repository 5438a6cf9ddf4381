using System.Runtime.InteropServices;

namespace DreamFarm.Dreaming;

/// <summary>
/// Zeroed memory in pages of its own, which the system has back the moment it is freed. The C library's allocator would
/// keep blocks of up to 32 MiB in its heap, and telling it otherwise would slow down every tensor of the same process.
/// </summary>
internal static unsafe partial class PixelMemory
{
    // Linux' values of mmap's constants.
    private const int ReadWrite = 0x1 | 0x2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const nint Failed = -1;

    /// <exception cref="OutOfMemoryException">The system has no room.</exception>
    public static void* Allocate(nuint bytes)
    {
        if (!OperatingSystem.IsLinux())
            return NativeMemory.AllocZeroed(bytes);
        nint address = mmap(0, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        return address == Failed ? throw new OutOfMemoryException($"The system has no {bytes / 1_000_000} MB for pixels.") : (void*)address;
    }

    public static void Free(void* address, nuint bytes)
    {
        if (!OperatingSystem.IsLinux())
            NativeMemory.Free(address);
        else
            _ = munmap((nint)address, bytes);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);
}
