namespace DreamFarm.Training;

/// <summary>Some of a folder's pictures: the same in every epoch.</summary>
public sealed class FolderPictures : IPictureSet
{
    private readonly PictureStore _store;
    private readonly StoredPicture[] _pictures;

    internal FolderPictures(PictureStore store, IReadOnlyList<string> classes, IEnumerable<StoredPicture> pictures, string identity)
    {
        (_store, Classes, _pictures, Identity) = (store, classes, [.. pictures], identity);
        LargestPicture = _pictures.Max(stored => stored.Bytes);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public int Count => _pictures.Length;

    /// <inheritdoc/>
    public int LargestPicture { get; }

    /// <summary>SHA-256 of the whole folder's classes and of every pixel that is used, in hexadecimal: the same for the same pictures wherever they lie.</summary>
    public string Identity { get; }

    /// <summary>How many pictures there are of each class.</summary>
    public int[] CountByClass()
    {
        var counts = new int[Classes.Count];
        foreach (var stored in _pictures)
            counts[stored.Picture.Label]++;
        return counts;
    }

    /// <inheritdoc/>
    public Picture Read(int epoch, int index, Span<byte> planes)
    {
        var stored = _pictures[index];
        _store.Read(stored.Offset, planes[..stored.Bytes]);
        return stored.Picture;
    }
}
