namespace DreamFarm.Training;

/// <summary>A training that cannot go on. The message is one sentence for the user.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
