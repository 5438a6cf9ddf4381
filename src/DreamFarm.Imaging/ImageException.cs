namespace DreamFarm.Imaging;

/// <summary>
/// An image that could not be read or written. The message is one sentence for the user: it names the file, says what
/// is wrong with it and what would be right.
/// </summary>
public sealed class ImageException(string message, Exception? inner = null) : Exception(message, inner);
