using Microsoft.Extensions.Logging;

namespace DreamFarm.Telemetry;

/// <summary>How a process logs.</summary>
public sealed record LogSettings
{
    /// <summary>How lines are written.</summary>
    public LogFormat Format { get; init; }

    /// <summary>The least important lines that are written; those of libraries only from warnings on, unless this is <see cref="LogLevel.Trace"/>.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
