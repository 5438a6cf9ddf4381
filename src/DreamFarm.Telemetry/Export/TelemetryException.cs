namespace DreamFarm.Telemetry;

/// <summary>Telemetry cannot be sent as the environment asks. The message is one sentence for the user.</summary>
public sealed class TelemetryException(string message) : Exception(message);
