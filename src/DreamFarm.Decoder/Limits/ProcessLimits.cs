using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DreamFarm.Decoder;

/// <summary>
/// What this process may take, from now until it ends. There is none on processes and threads (RLIMIT_NPROC): Linux counts
/// all those of the user, so that a busy neighbour of the same user would keep libvips from starting its threads.
/// </summary>
/// <param name="Parent">The coordinator's process id; the decoder ends with it.</param>
/// <param name="MemoryBytes">
/// The most writable memory of its own (RLIMIT_DATA). The address space is not limited: the runtime reserves hundreds of
/// gigabytes of it that it never touches.
/// </param>
/// <param name="CpuSeconds">The most processor time of all its threads together, over its life.</param>
/// <param name="FileBytes">The longest file that it may write; 0: it writes none.</param>
internal sealed record ProcessLimits(int Parent, long MemoryBytes, long CpuSeconds, long FileBytes)
{
    // The runtime has some 40 open; libvips adds the image, the decoded pixels and the alpha channel.
    private const ulong OpenFiles = 64;

    private const int Kill = 9;
    private const int FileTooLong = 25;

    /// <summary>As arguments of the process.</summary>
    public IEnumerable<string> ToArguments() =>
        new[] { Parent, MemoryBytes, CpuSeconds, FileBytes }.Select(number => number.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="FormatException">These are not the arguments.</exception>
    public static ProcessLimits Parse(string[] arguments)
    {
        if (arguments.Length != 4)
            throw new FormatException("the coordinator starts this program; by hand there is nothing to do with it");
        long[] numbers = [.. arguments.Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        return new ProcessLimits((int)numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>Sets every limit; none can be lifted again, unless the process is root's.</summary>
    /// <exception cref="Win32Exception">The system has refused one.</exception>
    public void Apply()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("the limits of decoders are Linux'");
        // The signal comes when the parent's thread ends that has started this process; it may have ended before.
        Check(prctl(Control.ParentDeathSignal, Kill, 0, 0, 0), "PR_SET_PDEATHSIG");
        if (getppid() != Parent)
            Environment.Exit(1);
        Check(prctl(Control.NoNewPrivileges, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
        // No other process of the user may look into this one's memory, and no core file shows a person's picture.
        Check(prctl(Control.Dumpable, 0, 0, 0, 0), "PR_SET_DUMPABLE");
        // A file that grows too long is to be an error that can be told, not the end.
        signal(FileTooLong, 1);
        Set(Resource.Core, 0);
        Set(Resource.FileSize, (ulong)FileBytes);
        Set(Resource.OpenFiles, OpenFiles);
        Set(Resource.Cpu, (ulong)CpuSeconds);
        Set(Resource.Data, (ulong)MemoryBytes);
    }

    private static void Set(Resource resource, ulong most) => Check(setrlimit((int)resource, new Limit(most, most)), $"RLIMIT {resource}");

    private static void Check(int result, string what)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private enum Resource
    {
        Cpu = 0,
        FileSize = 1,
        Data = 2,
        Core = 4,
        OpenFiles = 7,
    }

    private enum Control
    {
        ParentDeathSignal = 1,
        Dumpable = 4,
        NoNewPrivileges = 38,
    }

    private readonly record struct Limit(ulong Current, ulong Most);

    [DllImport("libc", SetLastError = true)]
    private static extern int setrlimit(int resource, in Limit limit);

    [DllImport("libc", SetLastError = true)]
    private static extern int prctl(Control option, nuint second, nuint third, nuint fourth, nuint fifth);

    [DllImport("libc")]
    private static extern int getppid();

    [DllImport("libc")]
    private static extern nint signal(int number, nint handler);
}
