using System.Globalization;
using DreamFarm.Networks;

namespace DreamFarm.Bench;

/// <summary>
/// What a tile's size costs, in time and memory: <c>tiles [NETWORK:LAYER ...]</c>, one lane. The plan's automatic tile rests on it. Networks
/// without weights of their own need a run of <c>gradients</c> before, which leaves random ones.
/// </summary>
internal static class TilesBench
{
    private const int Runs = 3;

    public static async Task RunAsync(string[] args)
    {
        foreach (string one in args.Length > 0 ? args : ["motif:5a", "squeezenet1_0:fire8", "googlenet:inception_4d", "inception_v3:mixed5"])
        {
            string[] parts = one.Split(':');
            var network = NetworkCatalog.Find(parts[0])!;
            int context = EngineLoop.Objective(network, parts[1]).Evaluation.AutomaticContext.Pixels;
            string weights = network.BuiltInWeights is null ? Path.Combine(AppContext.BaseDirectory, $"{network.Name}.random.safetensors") : "-";
            foreach (int tile in (int[])[256, 384, 512, 640, 832, 1024, 1280])
            {
                await using var engine = await LoopProcess.EngineAsync(network.Name, parts[1], weights, $"{tile}", $"{context}", "1");
                await engine.ComputeAsync(1);
                var runs = new List<double>();
                for (int run = 0; run < Runs; run++)
                    runs.Add((await engine.ComputeAsync(1)).ProcessorSeconds);
                double side = tile + 2 * context, core = tile * (double)tile / 1e6, seconds = Medians.Median(runs);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"tiles {one}, context {context}, tile {tile}: window {side * side / 1e6 / core:0.00} times its core, {seconds / core:0.00} processor seconds a megapixel of core, {seconds / (side * side) * 1e6:0.00} of window, peak {engine.PeakBytes / 1e6:0} MB"));
            }
        }
    }
}
