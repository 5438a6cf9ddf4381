using NetVips;

namespace DreamFarm.Imaging;

/// <summary>Reads JPEG, PNG, TIFF and WebP files: their header, or their pixels into raw files of sRGB rows.</summary>
public static class ImageReader
{
    /// <summary>The most pixels that are read unless the caller says otherwise.</summary>
    public const long DefaultMaxPixels = 500_000_000;

    // Small enough to stay in memory beside a decoder's own buffers, large enough that turning an image on its side,
    // which writes one piece a column and strip, takes few writes.
    private const int StripBytes = 8 << 20;

    /// <summary>Reads an image's header alone.</summary>
    /// <exception cref="ImageException">
    /// No such file, no image, a broken header, or more than <paramref name="maxPixels"/> pixels.
    /// </exception>
    public static ImageInfo Inspect(string path, long maxPixels = DefaultMaxPixels)
    {
        using var image = SourceImage.Open(path, maxPixels);
        return image.Info;
    }

    /// <summary>
    /// Decodes an image strip by strip: orientation applied, colours converted to sRGB, grey spread to RGB. Writes
    /// <paramref name="rawPath"/>, rows of interleaved R, G, B samples without a header, 8 bits or 16 bits little-endian
    /// (read it with <see cref="RawImage"/>), and, if the image has an alpha channel, <paramref name="alphaPath"/>, its rows
    /// alone (<see cref="RawAlpha"/>). Neither file is left behind on failure or cancellation.
    /// </summary>
    /// <exception cref="ImageException">
    /// No such file, no image, damaged or cut short, more than <paramref name="maxPixels"/> pixels, or the raw files
    /// could not be written.
    /// </exception>
    public static Task<ImageInfo> DecodeAsync(
        string path, string rawPath, string alphaPath, long maxPixels = DefaultMaxPixels, CancellationToken cancellationToken = default) =>
        Task.Run(() => Decode(path, rawPath, alphaPath, maxPixels, cancellationToken), cancellationToken);

    /// <summary>
    /// Decodes an image no larger than it is needed: orientation applied, colours converted to sRGB with 8 bits a sample, grey spread to RGB, grey
    /// where it is transparent. Its shorter side shrinks to <paramref name="shorterSide"/> pixels where it has more (nothing grows), and of
    /// its longer side at most <paramref name="longerSide"/> are left, those in the middle. The same file gives the same bytes. Safe from several threads.
    /// </summary>
    /// <exception cref="ImageException">No such file, no image, damaged or cut short, or more than <paramref name="maxPixels"/> pixels.</exception>
    public static SmallImage ReadSmall(
        string path, int shorterSide, int longerSide, long maxPixels = DefaultMaxPixels, CancellationToken cancellationToken = default) =>
        SmallDecoder.Decode(path, shorterSide, longerSide, maxPixels, cancellationToken);

    private static ImageInfo Decode(string path, string rawPath, string alphaPath, long maxPixels, CancellationToken cancellationToken)
    {
        using var source = SourceImage.Open(path, maxPixels);
        var info = source.Info;
        try
        {
            using var pixels = source.ToRgb();
            using var region = Region.New(pixels);
            var sampleBytes = info.BitsPerSample / 8;
            using var raw = new OrientedFile(rawPath, source.Orientation, pixels.Width, pixels.Height, 3 * sampleBytes);
            using var alpha = info.HasAlpha ? new OrientedFile(alphaPath, source.Orientation, pixels.Width, pixels.Height, sampleBytes) : null;

            var pixelBytes = (info.HasAlpha ? 4 : 3) * sampleBytes;
            var stripRows = Math.Max(16, (int)(StripBytes / ((long)pixels.Width * pixelBytes)) & ~15);
            for (var row = 0; row < pixels.Height; row += stripRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var rows = Math.Min(stripRows, pixels.Height - row);
                var strip = region.Fetch(0, row, pixels.Width, rows);
                raw.WriteStrip(row, rows, strip, pixelBytes, offset: 0);
                alpha?.WriteStrip(row, rows, strip, pixelBytes, offset: 3 * sampleBytes);
            }
            return info;
        }
        catch (Exception e)
        {
            foreach (var partial in (string[])[rawPath, alphaPath])
                if (File.Exists(partial)) // Deleting throws where even the folder is missing.
                    File.Delete(partial);
            switch (e)
            {
                case VipsException vips:
                    throw new ImageException($"{path} is damaged or cut short: {Libvips.Reason(vips)}.", e);
                case IOException or UnauthorizedAccessException:
                    throw new ImageException($"The decoded pixels of {path} could not be stored in {Path.GetDirectoryName(Path.GetFullPath(rawPath))}: {Libvips.Reason(e)}.", e);
                default:
                    throw;
            }
        }
    }
}
