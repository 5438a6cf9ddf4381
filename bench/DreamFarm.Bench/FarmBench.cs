using System.Globalization;

namespace DreamFarm.Bench;

/// <summary>Two workers of one lane behind a coordinator against one process of two lanes, over the same job, in turn; bytes on the wire.</summary>
internal static class FarmBench
{
    private const int Rounds = 5;
    private const int Steps = 6;

    public static async Task RunAsync(string[] args)
    {
        string folder = Directory.CreateTempSubdirectory("dreamfarm-bench-").FullName;
        try
        {
            string input = Path.Combine(folder, "in.png");
            await Inputs.WriteAsync(input, 2048, 1536);
            string[] spec = ["--octaves", "1", "--steps", $"{Steps}", "--tile", "512"];
            await using var farm = await FarmProcesses.StartAsync(workers: 2, lanes: 1);
            var together = new List<double>();
            var apart = new List<double>();
            var wire = new List<double>();
            for (int round = 0; round <= Rounds; round++)
            {
                var (one, _) = await Dreamfarm.StepsAsync(["render", input, "-o", Path.Combine(folder, "a.npy"), "--lanes", "2", .. spec]);
                long before = Memory.LoopbackBytes();
                var (two, _) = await Dreamfarm.StepsAsync(["submit", input, "--wait", "--coordinator", farm.Url, .. spec]);
                long bytes = Memory.LoopbackBytes() - before;
                // The first round warms up.
                if (round == 0)
                    continue;
                together.Add(one);
                apart.Add(two);
                wire.Add((bytes - new FileInfo(input).Length) / (2048.0 * 1536 * Steps));
            }
            Console.WriteLine("farm, motif 5a, 2048x1536, tile 512:");
            Console.WriteLine($"  one process, 2 lanes:   {Medians.Describe(together, "megapixels a second")}");
            Console.WriteLine($"  two workers, 1 lane:    {Medians.Describe(apart, "megapixels a second")}");
            Console.WriteLine($"  workers over process:   {Medians.Describe([.. apart.Zip(together, (a, t) => a / t)], "times")}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  on the wire:            {Medians.Median(wire):0.0} bytes a pixel and step, all told"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
