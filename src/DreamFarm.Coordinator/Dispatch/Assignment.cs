using System.Diagnostics;
using DreamFarm.Protocol;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>A tile in one worker's hands.</summary>
/// <param name="window">The window's id in the worker's stream.</param>
/// <param name="objective">The objective's id in the worker's stream.</param>
/// <param name="started">When it was taken, in the time provider's ticks.</param>
/// <param name="expected">Seconds that it is expected to occupy a lane.</param>
internal sealed class Assignment(PendingTile tile, WorkerSession session, long window, long objective, long started, double expected)
{
    public PendingTile Tile { get; } = tile;

    public WorkerSession Session { get; } = session;

    public long Window { get; } = window;

    public long Objective { get; } = objective;

    public long Started { get; } = started;

    public double Expected { get; } = expected;

    /// <summary>From being taken to being answered, failed or lost; null if it is not traced.</summary>
    public Activity? Span { get; } = Spans.Open(tile.Span, "attempt", ActivityKind.Client)?.SetTag("dreamfarm.worker", session.Link.Lent.Id);

    /// <summary>From the first rows of the core to the last.</summary>
    public Activity? Receiving { get; set; }

    /// <summary>The whole window is on its way: the worker may be computing it.</summary>
    public bool Sent => SentAt is not null;

    /// <summary>Since when it has been, in the time provider's ticks.</summary>
    public long? SentAt { get; set; }

    /// <summary>Since when it seems to occupy a lane, in the time provider's ticks; null while it waits for one.</summary>
    public long? LaneSince { get; set; }

    /// <summary>What has come back so far; only the stream's reader touches it.</summary>
    public CoreAssembly? Core { get; set; }

    /// <summary>Ends its spans.</summary>
    public void EndSpans()
    {
        Spans.Close(Receiving);
        Spans.Close(Span);
    }
}
