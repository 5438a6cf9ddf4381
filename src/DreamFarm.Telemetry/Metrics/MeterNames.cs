namespace DreamFarm.Telemetry;

/// <summary>The meters that are shown to operators.</summary>
public static class MeterNames
{
    /// <summary>Everything that is counted and measured here.</summary>
    public const string Farm = "DreamFarm";

    /// <summary>.NET's own: memory, garbage collection, threads, processor time.</summary>
    public const string Runtime = "System.Runtime";
}
