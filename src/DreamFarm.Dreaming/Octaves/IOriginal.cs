namespace DreamFarm.Dreaming;

/// <summary>The input image, read row by row whenever an octave begins; nobody keeps it during steps.</summary>
public interface IOriginal
{
    Size Size { get; }

    /// <summary>Reads rows as [rows][3][columns] RGB in [-1, 1]. Safe from many threads.</summary>
    void ReadRows(int first, int rows, Span<float> destination);
}
