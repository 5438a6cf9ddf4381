using System.Runtime.InteropServices;

namespace DreamFarm.Coordinator;

/// <summary>
/// Loads SQLite's native library so that its calls to its own functions stay in it. libvips loads modules into the process's
/// global scope, among whose libraries is the system's SQLite: another version, which would be called with this one's data as soon as it is bound
/// lazily. Measured: a coordinator that had decoded a picture died of it at the first checkpoint of the write-ahead log.
/// </summary>
internal static class SqliteLibrary
{
    private const string Name = "libe_sqlite3.so";

    // dlfcn.h
    private const int Now = 2, DeepBind = 8;

    private static readonly Lazy<bool> Loaded = new(TryLoad);

    /// <summary>Call before the first connection. Does nothing where the system binds libraries otherwise.</summary>
    public static void Load() => _ = Loaded.Value;

    private static bool TryLoad()
    {
        if (!OperatingSystem.IsLinux() || AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is not string folders)
            return false;
        // The file that the runtime finds too: it stays loaded as it is loaded here.
        string? path = folders.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, Name)).FirstOrDefault(File.Exists);
        return path is not null && Open(path, Now | DeepBind) != 0;
    }

    [DllImport("libc", EntryPoint = "dlopen")]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
