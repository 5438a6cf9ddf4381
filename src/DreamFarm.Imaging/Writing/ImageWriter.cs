using NetVips;

namespace DreamFarm.Imaging;

/// <summary>
/// Encodes a canvas into a file while its rows are delivered, resized (Lanczos) on the way where that is asked for; the
/// canvas is never held.
/// </summary>
public static class ImageWriter
{
    /// <summary>What an encoder may want to write at once, bytes: where there is less room, there is none for it.</summary>
    private const int WriteBuffer = 64 << 10;

    /// <summary>
    /// Writes a canvas in the format that the path's ending names. The file appears under its name when it is complete
    /// and on the disk; on failure or cancellation nothing is left behind and an older file of that name stays as it was.
    /// </summary>
    /// <param name="path">The result; see <see cref="OutputFormat.FromPath"/> for its ending.</param>
    /// <param name="width">Columns of the canvas, in pixels.</param>
    /// <param name="height">Rows of the canvas, in pixels.</param>
    /// <param name="rows">Gives the rows; what it throws comes out unchanged.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="cancellationToken">Gives the writing up.</param>
    /// <exception cref="ImageException">The ending, the size or the depth is none of the format's, or the file could not be written.</exception>
    public static async Task WriteAsync(
        string path, int width, int height, CanvasRowReader rows, ImageWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ImageWriteOptions();
        var format = OutputFormat.FromPath(path);
        var (columns, lines) = format.KeepsCanvas ? (width, height) : (options.Width ?? width, options.Height ?? height);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(columns, lines), 1, nameof(options));
        if ((format.CheckSize(columns, lines) ?? format.CheckDepth(options.BitsPerSample)) is { } complaint)
            throw new ImageException(complaint);

        if (Directory.Exists(path))
            throw new ImageException($"{path} could not be written: it is a folder.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new ImageException($"{path} could not be written: there is no folder {folder}.");

        Libvips.Start();
        var canvas = new Canvas(width, height, rows);
        // In the same folder, since a file can be renamed only within its file system.
        var partial = Path.Combine(folder, $".dreamfarm-{Guid.NewGuid():N}.part");
        try
        {
            await format.WriteAsync(partial, canvas, options, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            using (var file = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite))
                RandomAccess.FlushToDisk(file);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (!canvas.Failed && e is IOException or UnauthorizedAccessException or VipsException)
        {
            // libvips keeps its messages in one buffer for the whole process, where another picture's failure can clear them: a disk
            // without room speaks for itself, as long as the part that was written is there.
            var reason = e is VipsException && Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace < WriteBuffer ? Libvips.DiskFull : Libvips.Reason(e, "it cannot be encoded");
            throw new ImageException($"{path} could not be written: {reason}.", e);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Encodes a small picture as JPEG in memory.</summary>
    /// <param name="rgb">Rows of interleaved R, G, B bytes: <c>[height][width][3]</c>.</param>
    /// <param name="width">Columns, in pixels.</param>
    /// <param name="height">Rows, in pixels.</param>
    /// <param name="quality">1 to 100.</param>
    public static byte[] EncodeJpeg(ReadOnlySpan<byte> rgb, int width, int height, int quality = 85)
    {
        Libvips.Start();
        using var pixels = Image.NewFromMemoryCopy(rgb, width, height, 3, Enums.BandFormat.Uchar);
        using var image = pixels.Copy(interpretation: Enums.Interpretation.Srgb);
        return image.JpegsaveBuffer(q: quality);
    }
}
