namespace DreamFarm.Telemetry;

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    /// <summary>For people: one readable line each.</summary>
    Text,

    /// <summary>For machines: one JSON object a line, with everything that the line is about.</summary>
    Json,
}
