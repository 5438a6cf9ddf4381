using System.Diagnostics;

namespace DreamFarm.Telemetry;

/// <summary>
/// The spans of a job:
/// <code>
///   trace of the job    job ─▶ octave
///                               ▲ link              likewise: measure ─▶ sums (of a band) ─▶ tile ...
///   trace of a step     step ─▶ gradient (of a band) ─▶ tile ─▶ queue
///                          └──▶ ascend                     └──▶ attempt ─▶ cut, send, receive
///                                                                   └════▶ window (on the worker) ─▶ lane, compute
/// </code>
/// A step is a trace of its own, so that whole steps can be sampled and a job of days does not become one trace of millions of
/// spans. Where nobody listens, or the step is not sampled, a span is null and nothing is made.
/// </summary>
public static class Spans
{
    /// <summary>A job from its first octave to its finished canvas.</summary>
    public const string Job = "job";

    /// <summary>One octave of a job.</summary>
    public const string Octave = "octave";

    /// <summary>One step of a job.</summary>
    public const string Step = "step";

    /// <summary>The choice of an octave's channels by what is on its canvas.</summary>
    public const string Measure = "measure";

    /// <summary>Where all spans come from.</summary>
    public static readonly ActivitySource Source = new("DreamFarm");

    /// <summary>The current span if it is one of these.</summary>
    public static Activity? Current => Activity.Current is { } current && current.Source == Source ? current : null;

    /// <summary>A span that is nobody's child, whatever happens to be current; it is current until it is disposed.</summary>
    /// <param name="link">A span that it belongs to without being its child.</param>
    public static Activity? Root(string name, Activity? link = null)
    {
        if (!Source.HasListeners())
            return null;
        Activity.Current = null;
        return Source.StartActivity(name, ActivityKind.Internal, parentContext: default, links: link is null ? null : [new ActivityLink(link.Context)]);
    }

    /// <summary>A child of a span, current until it is disposed; null if the parent is null or not sampled.</summary>
    public static Activity? Child(Activity? parent, string name) =>
        parent is { Recorded: true } ? Source.StartActivity(name, ActivityKind.Internal, parent.Context) : null;

    /// <summary>A child of the current span if that is one of these; otherwise null, and no trace begins.</summary>
    public static Activity? Inside(string name) => Child(Current, name);

    /// <summary>A child of a span in another process, current until it is disposed; null if there is none or it is not sampled.</summary>
    /// <param name="parent">As <see cref="Context"/> wrote it. What is no context is as good as none: it comes over the wire.</param>
    public static Activity? Continue(string? parent, string name, ActivityKind kind = ActivityKind.Internal) =>
        parent is { Length: > 0 } && Source.HasListeners()
        && ActivityContext.TryParse(parent, null, isRemote: true, out var context) && context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            ? Source.StartActivity(name, kind, context)
            : null;

    /// <summary>A child that may be closed on another thread, and never becomes current.</summary>
    public static Activity? Open(Activity? parent, string name, ActivityKind kind = ActivityKind.Internal)
    {
        if (parent is not { Recorded: true })
            return null;
        var current = Activity.Current;
        var span = Source.StartActivity(name, kind, parent.Context);
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span that <see cref="Open"/> began; once is enough, and more does no harm.</summary>
    public static void Close(Activity? span)
    {
        if (span is null || span.IsStopped)
            return;
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    /// <summary>A span's context as it travels (W3C traceparent); null if there is nothing to continue.</summary>
    public static string? Context(Activity? span) => span is { Recorded: true } ? span.Id : null;
}
