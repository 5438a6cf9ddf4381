using System.Diagnostics;
using System.Globalization;

namespace DreamFarm.Bench;

/// <summary>One large job, JPEG to TIFF, through a coordinator and two workers: <c>poster [MEGAPIXELS]</c>, 64 unless told.</summary>
internal static class PosterBench
{
    public static async Task RunAsync(string[] args)
    {
        double megapixels = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 64;
        int height = (int)Math.Sqrt(megapixels * 1e6 / 1.6), width = (int)(height * 1.6);
        double pixels = (double)width * height;
        string folder = Directory.CreateTempSubdirectory("dreamfarm-bench-").FullName;
        try
        {
            string input = Path.Combine(folder, "in.jpg"), output = Path.Combine(folder, "out.tif");
            await Inputs.WriteAsync(input, width, height);
            await using var farm = await FarmProcesses.StartAsync(workers: 2, lanes: 1);
            var clock = Stopwatch.StartNew();
            var (rate, _) = await Dreamfarm.StepsAsync("submit", input, "--wait", "--coordinator", farm.Url, "--octaves", "1", "--steps", "2", "--layers", "conv3", "--tile", "1024");
            double dreamt = clock.Elapsed.TotalSeconds;
            long dreaming = Memory.PeakBytes(farm.Coordinator.Id);
            string job = System.Text.Json.JsonDocument.Parse((await Dreamfarm.RunAsync("jobs", "list", "--json", "--coordinator", farm.Url)).Output).RootElement[0].GetProperty("id").GetString()!;

            Memory.ResetPeak(farm.Coordinator.Id);
            clock.Restart();
            var (code, _) = await Dreamfarm.RunAsync("jobs", "result", job, "-o", output, "--coordinator", farm.Url);
            if (code != 0)
                throw new InvalidOperationException("the result could not be fetched");
            double encoded = clock.Elapsed.TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"poster {width}x{height} ({pixels / 1e6:0} megapixels), motif conv3, 2 steps, tile 1024, 2 workers of 1 lane:"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  submit to done {dreamt:0} s ({rate:0.00} megapixels a second in steps), result as TIFF {encoded:0} s, {new FileInfo(output).Length / 1e6:0} MB"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  coordinator's peak: {dreaming / 1e6:0} MB dreaming = {(dreaming - 400e6) / pixels:0.0} bytes a pixel + 400 MB; {Memory.PeakBytes(farm.Coordinator.Id) / 1e6:0} MB encoding"));
            Console.WriteLine($"  workers' peaks: {string.Join(", ", farm.Workers.Select(worker => $"{Memory.PeakBytes(worker.Id) / 1_000_000} MB"))}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
