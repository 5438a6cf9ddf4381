using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>How a grain's timer ticks.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>Sets both times.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) : this() => (DueTime, Period) = (dueTime, period);

    /// <summary>Time to the first tick; infinite for none.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time from the end of a tick to the next; infinite for none.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether ticks may run in between calls. Default: they wait for their turn.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether ticks keep the grain from being collected as idle. Default: they do not.</summary>
    public bool KeepAlive { get; init; }
}
