namespace DreamFarm.Training;

/// <summary>A decoded picture in the store.</summary>
/// <param name="Picture">Its class and size.</param>
/// <param name="Offset">Where its planes begin.</param>
/// <param name="Hash">SHA-256 of them.</param>
internal sealed record StoredPicture(Picture Picture, long Offset, byte[] Hash)
{
    /// <summary>Of all planes.</summary>
    public int Bytes => 3 * Picture.Height * Picture.Width;
}
