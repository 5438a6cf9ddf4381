using System.Globalization;

namespace DreamFarm.Bench;

/// <summary>What Linux knows of a process's memory and of the loopback interface.</summary>
internal static class Memory
{
    /// <summary>The largest resident size so far, bytes; 0 if the process is gone.</summary>
    public static long PeakBytes(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal), "0 0");
            return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Starts the peak of a process anew.</summary>
    public static void ResetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    /// <summary>Bytes that have passed the loopback interface.</summary>
    public static long LoopbackBytes() =>
        long.Parse(File.ReadLines("/proc/net/dev").First(line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
