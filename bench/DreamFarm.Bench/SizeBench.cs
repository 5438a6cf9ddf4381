using System.Globalization;

namespace DreamFarm.Bench;

/// <summary>Time and memory from 1 to 32 megapixels in one process: both grow with the pixels and with nothing else.</summary>
internal static class SizeBench
{
    public static async Task RunAsync(string[] args)
    {
        string folder = Directory.CreateTempSubdirectory("dreamfarm-bench-").FullName;
        try
        {
            foreach (var (width, height) in new[] { (1024, 1024), (2048, 1024), (2048, 2048), (4096, 2048), (4096, 4096), (8192, 4096) })
            {
                string input = Path.Combine(folder, "in.png");
                await Inputs.WriteAsync(input, width, height);
                var (rate, peak) = await Dreamfarm.StepsAsync("render", input, "-o", Path.Combine(folder, "out.npy"),
                    "--octaves", "1", "--steps", "3", "--layers", "conv3", "--tile", "512", "--lanes", "2");
                double megapixels = width * (double)height / 1e6;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"size {width}x{height} ({megapixels:0.0} megapixels), motif conv3: {1 / rate:0.000} seconds a megapixel and step, peak {peak / 1e6:0} MB"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
