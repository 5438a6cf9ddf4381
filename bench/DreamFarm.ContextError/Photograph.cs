using DreamFarm.Dreaming;
using DreamFarm.Imaging;

namespace DreamFarm.ContextError;

/// <summary>The middle of a picture as a canvas.</summary>
internal static class Photograph
{
    /// <returns>[side][3][side], k meaning k/32767.</returns>
    /// <exception cref="ArgumentException">The picture is smaller than <paramref name="side"/>.</exception>
    public static async Task<short[]> ReadAsync(string path, int side)
    {
        string folder = Directory.CreateTempSubdirectory("dreamfarm-").FullName;
        try
        {
            string raw = Path.Combine(folder, "raw");
            ImageInfo info = await ImageReader.DecodeAsync(path, raw, Path.Combine(folder, "alpha"));
            if (Math.Min(info.Width, info.Height) < side)
                throw new ArgumentException($"{path} has {info.Width}x{info.Height} pixels; at least {side}x{side} are needed.");
            using var image = new RawImage(raw, info.Width, info.Height, info.BitsPerSample);
            var rows = new float[side * 3 * info.Width];
            image.ReadRows((info.Height - side) / 2, side, rows);

            var canvas = new short[side * 3 * side];
            for (int line = 0; line < side * 3; line++)
                CanvasGrid.Round(rows.AsSpan(line * info.Width + (info.Width - side) / 2, side), canvas.AsSpan(line * side, side));
            return canvas;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
