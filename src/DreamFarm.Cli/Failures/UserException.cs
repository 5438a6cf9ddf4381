namespace DreamFarm.Cli.Failures;

/// <summary>What was asked for cannot be done. The message is one sentence for the user: what is wrong, where, what would be right.</summary>
internal sealed class UserException(string message, Exception? inner = null) : Exception(message, inner);
