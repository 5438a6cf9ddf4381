namespace DreamFarm.Engine;

/// <summary>libtorch cannot be loaded. The message is one sentence for the user.</summary>
public sealed class LibtorchException(string message, Exception? inner = null) : Exception(message, inner);
