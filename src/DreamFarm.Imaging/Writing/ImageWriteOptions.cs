namespace DreamFarm.Imaging;

/// <summary>How a canvas is encoded.</summary>
public sealed record ImageWriteOptions
{
    /// <summary>1 to 100 for JPEG and WebP; by default 92 and 90.</summary>
    public int? Quality { get; init; }

    /// <summary>8, or 16 for PNG and TIFF.</summary>
    public int BitsPerSample { get; init; } = 8;

    /// <summary>An alpha channel to put back, resized to the canvas; formats that carry none leave it out.</summary>
    public RawAlpha? Alpha { get; init; }
}
