namespace DreamFarm.Security;

/// <summary>A connection cannot be made, or not as safe as asked. The message is one sentence for the user.</summary>
public sealed class ConnectionException(string message, Exception? inner = null) : Exception(message, inner);
