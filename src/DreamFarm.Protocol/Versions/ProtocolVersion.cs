namespace DreamFarm.Protocol;

/// <summary>What coordinators and workers must agree on.</summary>
public static class ProtocolVersion
{
    /// <summary>
    /// Grows when a worker and a coordinator of different builds would not understand each other, or would compute another dream. New
    /// fields that may be ignored do not count.
    /// </summary>
    public const int Current = 4;
}
