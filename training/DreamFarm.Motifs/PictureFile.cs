using DreamFarm.Imaging;

namespace DreamFarm.Motifs;

/// <summary>Painted pictures as files.</summary>
internal static class PictureFile
{
    /// <summary>Writes planes of bytes, <c>[3][height][width]</c>, as the format that the path's ending names.</summary>
    /// <exception cref="ImageException">The file could not be written.</exception>
    public static Task WriteAsync(string path, int width, int height, ReadOnlyMemory<byte> planes, CancellationToken cancellationToken) =>
        ImageWriter.WriteAsync(path, width, height, (first, rows, _) =>
        {
            for (var row = 0; row < rows.Length / (3 * width); row++)
            {
                for (var plane = 0; plane < 3; plane++)
                {
                    var source = planes.Span.Slice((plane * height + first + row) * width, width);
                    var target = rows.Span.Slice((row * 3 + plane) * width, width);
                    for (var x = 0; x < width; x++)
                        target[x] = (short)MathF.Round((source[x] / 127.5f - 1) * short.MaxValue);
                }
            }
            return ValueTask.CompletedTask;
        }, cancellationToken: cancellationToken);
}
