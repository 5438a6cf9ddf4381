namespace DreamFarm.Worker;

/// <summary>A worker cannot start as asked. The message is one sentence for the user.</summary>
public sealed class WorkerException(string message, Exception? inner = null) : Exception(message, inner);
