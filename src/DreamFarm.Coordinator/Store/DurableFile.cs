using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DreamFarm.Coordinator;

/// <summary>
/// Files that are there after a power cut: a file is written under a temporary name, flushed, renamed, and its folder is flushed,
/// because a name is the folder's content. Whoever then reads the name finds the whole file or none.
/// </summary>
internal static class DurableFile
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <summary>Flushes a whole file that was written under another name in the same folder, and gives it its own; what had that name is gone.</summary>
    /// <exception cref="IOException">The disk refuses it; then what had the name still has it.</exception>
    public static void Rename(string temporary, string path)
    {
        Flush(temporary);
        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>The temporary name of a file that is written in its own folder.</summary>
    public static string Partial(string path) => path + ".part";

    /// <summary>Writes a small file at once under its <see cref="Partial"/> name, then as <see cref="Rename"/> does.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        string temporary = Partial(path);
        await File.WriteAllBytesAsync(temporary, content, cancellation);
        Rename(temporary, path);
    }

    /// <summary>Brings a file's content to the disk; its name is the folder's affair.</summary>
    public static void Flush(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Brings the names in a folder to the disk.</summary>
    public static void FlushFolder(string folder)
    {
        // NTFS keeps names in its journal, and lets nobody open a folder like this.
        if (OperatingSystem.IsWindows())
            return;
        // The runtime opens no folders.
        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid)
            throw Failure(folder);
        // Some file systems flush no folders and say so: their names are safe, or nothing can be done.
        if (Synchronize(handle) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            throw Failure(folder);
    }

    private static IOException Failure(string folder)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{cause.Message} : '{folder}'", cause);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Synchronize(SafeFileHandle handle);
}
