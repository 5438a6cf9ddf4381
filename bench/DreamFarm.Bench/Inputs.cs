using DreamFarm.Dreaming;
using DreamFarm.Imaging;

namespace DreamFarm.Bench;

/// <summary>Pictures to dream on, of any size: smooth waves with a little noise.</summary>
internal static class Inputs
{
    public static async Task WriteAsync(string path, int width, int height) =>
        await ImageWriter.WriteAsync(path, width, height, (first, rows, cancellation) =>
        {
            var values = rows.Span;
            for (int i = 0; i < values.Length; i++)
            {
                int x = i % width, plane = i / width % 3, y = first + i / (3 * width);
                double wave = Math.Sin(x * 0.011 + plane) + Math.Sin(y * 0.017 - plane) + Math.Sin((x + y) * 0.003);
                int noise = (int)(SplitMix64.Mix((ulong)((long)y * width + x) ^ (ulong)plane << 60) & 2047) - 1024;
                values[i] = (short)(wave * 9000 + noise);
            }
            return ValueTask.CompletedTask;
        }, new ImageWriteOptions(), CancellationToken.None);
}
