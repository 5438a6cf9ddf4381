using DreamFarm.Security;

namespace DreamFarm.Coordinator;

/// <summary>The dispatcher's patience.</summary>
internal sealed record DispatchOptions
{
    /// <summary>A worker that accepted the connection and says nothing for this long counts as unreachable.</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How it knows workers that speak TLS, and itself shows who it is.</summary>
    public ClientTls Tls { get; init; } = ClientTls.Default;

    /// <summary>First pause before an unreachable worker is dialled again; it doubles up to <see cref="LongestBackoff"/>.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(0.25);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a job waits for other workers' probes after the first answer before it takes its numerics class.</summary>
    public TimeSpan ClassPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A tile younger than this is never given to a second worker.</summary>
    public TimeSpan StragglerMinimum { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often stragglers are looked for.</summary>
    public TimeSpan SweepPeriod { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>A worker that could not do a job, for lack of its weights perhaps, is asked again after this.</summary>
    public TimeSpan AskAgain { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A worker gets a tile that it failed again after this, and only if nobody else is left to try.</summary>
    public TimeSpan TryAgain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A worker that keeps a window for this long, and for ten times the usual, hangs: its stream is ended.</summary>
    public TimeSpan HangMinimum { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a worker is quarantined; it doubles each time up to <see cref="LongestQuarantine"/>.</summary>
    public TimeSpan FirstQuarantine { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Who behaves for this long after a quarantine begins with the first one again.</summary>
    public TimeSpan LongestQuarantine { get; init; } = TimeSpan.FromMinutes(10);
}
