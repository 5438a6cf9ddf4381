using System.Globalization;
using DreamFarm.Networks;

namespace DreamFarm.Bench;

/// <summary>
/// The engine with two lanes of one thread against the plainest torchvision loop with two threads, over the same windows and weights, in
/// turn: <c>gradients [LANES] [NETWORK:LAYER ...]</c>. Needs python3-torchvision. The weights are random, but for motif's. On a
/// machine that does other work too only one lane against one thread says anything: PyTorch's threads wait for each other.
/// </summary>
internal static class GradientsBench
{
    private const int Rounds = 7;
    private const int Tile = 512;

    public static async Task RunAsync(string[] args)
    {
        string[] all = ["motif:5a", "squeezenet1_0:fire8", "googlenet:inception_4d", "inception_v3:mixed5"];
        int lanes = args.Length > 0 && int.TryParse(args[0], CultureInfo.InvariantCulture, out int number) ? number : 2;
        string[] chosen = [.. args.Where(argument => argument.Contains(':'))];
        foreach (string one in chosen.Length > 0 ? chosen : all)
        {
            string[] parts = one.Split(':');
            await CompareAsync(NetworkCatalog.Find(parts[0]) ?? throw new ArgumentException($"there is no network {parts[0]}; write NETWORK:LAYER, such as {all[1]}."), parts[1], lanes);
        }
    }

    private static async Task CompareAsync(NetworkDescription network, string layer, int lanes)
    {
        int context = EngineLoop.Objective(network, layer).Evaluation.AutomaticContext.Pixels;
        int side = Tile + 2 * context;
        string weights = Path.Combine(AppContext.BaseDirectory, $"{network.Name}.random.safetensors");
        if (network.BuiltInWeights is { } resource)
            await WriteAsync(typeof(NetworkCatalog).Assembly.GetManifestResourceStream(resource)!, weights);

        await using var theirs = await LoopProcess.PythonAsync("torch_loop.py", network.Name, layer, weights, $"{side}", $"{lanes}");
        await using var ours = await LoopProcess.EngineAsync(network.Name, layer, weights, $"{Tile}", $"{context}", $"{lanes}");

        // Small windows four at a time, so that a round takes a while.
        int windows = side < 900 ? 2 * lanes : lanes;
        await ours.ComputeAsync(windows);
        await theirs.ComputeAsync(windows);
        var us = new List<(double Seconds, double ProcessorSeconds)>();
        var them = new List<(double Seconds, double ProcessorSeconds)>();
        for (int round = 0; round < Rounds; round++)
        {
            us.Add(await ours.ComputeAsync(windows));
            them.Add(await theirs.ComputeAsync(windows));
        }

        double megapixels = windows * Tile * (double)Tile / 1e6;
        var pairs = them.Zip(us).ToArray();
        Console.WriteLine($"gradients {network.Name} {layer}, tile {Tile}, context {context}:");
        Console.WriteLine($"  engine, {lanes} lanes:      {Medians.Describe([.. us.Select(run => megapixels / run.Seconds)], "megapixels of core a second")}, peak {Megabytes(ours.PeakBytes)}");
        Console.WriteLine($"  PyTorch, {lanes} threads:   {Medians.Describe([.. them.Select(run => megapixels / run.Seconds)], "megapixels of core a second")}, peak {Megabytes(theirs.PeakBytes)}");
        Console.WriteLine($"  engine over PyTorch:    {Medians.Describe([.. pairs.Select(pair => pair.First.Seconds / pair.Second.Seconds)], "times")}");
        Console.WriteLine($"  in processors' seconds: {Medians.Describe([.. pairs.Select(pair => pair.First.ProcessorSeconds / pair.Second.ProcessorSeconds)], "times")}");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB");

    private static async Task WriteAsync(Stream resource, string path)
    {
        await using (resource)
        await using (var file = File.Create(path))
            await resource.CopyToAsync(file);
    }
}
