namespace DreamFarm.Imaging;

/// <summary>How a canvas is encoded.</summary>
public sealed record ImageWriteOptions
{
    /// <summary>1 to 100 for JPEG and WebP; by default 92 and 90.</summary>
    public int? Quality { get; init; }

    /// <summary>8, or 16 for PNG and TIFF.</summary>
    public int BitsPerSample { get; init; } = 8;

    /// <summary>Columns of the picture, in pixels, if the canvas is to be resized on its way; null for the canvas's.</summary>
    public int? Width { get; init; }

    /// <summary>Rows of the picture, in pixels, if the canvas is to be resized on its way; null for the canvas's.</summary>
    public int? Height { get; init; }

    /// <summary>An alpha channel to put back, resized to the picture; formats that carry none leave it out.</summary>
    public RawAlpha? Alpha { get; init; }
}
