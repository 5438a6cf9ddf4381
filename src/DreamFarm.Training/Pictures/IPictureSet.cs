namespace DreamFarm.Training;

/// <summary>A set of labelled pictures, read by several threads at once. A picture is planes [3][height][width] of bytes, R, G, B.</summary>
public interface IPictureSet
{
    /// <summary>What the labels mean.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Pictures in one epoch.</summary>
    int Count { get; }

    /// <summary>Bytes of the largest picture.</summary>
    int LargestPicture { get; }

    /// <summary>
    /// Tells these pictures from others of the same number and classes: a training does not go on from a checkpoint of one on others. Empty where
    /// there are no others.
    /// </summary>
    string Identity => "";

    /// <summary>
    /// Writes a picture to the beginning of <paramref name="planes"/>. It is a function of its arguments alone; a set that paints its
    /// pictures may paint others in every epoch, a folder has the same.
    /// </summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="index">From 0, below <see cref="Count"/>.</param>
    /// <param name="planes">At least <see cref="LargestPicture"/> bytes.</param>
    Picture Read(int epoch, int index, Span<byte> planes);
}
