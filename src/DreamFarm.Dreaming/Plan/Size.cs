namespace DreamFarm.Dreaming;

/// <summary>Height and width in pixels.</summary>
public readonly record struct Size(int Height, int Width)
{
    /// <summary>Height x width.</summary>
    public long Pixels => (long)Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"{Width}x{Height}";
}
