namespace DreamFarm.Worker;

/// <summary>The CPU's name for people.</summary>
internal static class ProcessorName
{
    public static string Find()
    {
        const string list = "/proc/cpuinfo", key = "model name";
        try
        {
            if (File.Exists(list) && File.ReadLines(list).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line)
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (IOException)
        {
            // A name is nice to have.
        }
        return "cpu";
    }
}
