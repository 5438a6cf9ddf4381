namespace DreamFarm.Training;

/// <summary>A folder of pictures that no network can be trained on. The message is one sentence for the user: what is wrong, where, what would be right.</summary>
public sealed class FolderException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What was left out of the folder before it came to this.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
