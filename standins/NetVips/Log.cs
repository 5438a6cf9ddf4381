using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>What libvips would print on the process' standard error.</summary>
public static unsafe class Log
{
    /// <summary>Takes one message.</summary>
    public delegate void LogDelegate(string logDomain, Enums.LogLevelFlags logLevel, string message);

    /// <summary>Sends messages of a domain and of some levels to a delegate; returns the handler's number.</summary>
    public static uint SetLogHandler(string logDomain, Enums.LogLevelFlags flags, LogDelegate logFunc) =>
        // The handle is never freed: a handler stays for as long as the process lives.
        Native.g_log_set_handler(logDomain, (int)flags, &Handle, GCHandle.ToIntPtr(GCHandle.Alloc(logFunc)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Handle(nint domain, int level, nint message, nint handler) =>
        ((LogDelegate)GCHandle.FromIntPtr(handler).Target!)(
            Marshal.PtrToStringUTF8(domain) ?? "", (Enums.LogLevelFlags)level, Marshal.PtrToStringUTF8(message) ?? "");
}
