using System.Diagnostics;
using System.Globalization;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;

namespace DreamFarm.Bench;

/// <summary>
/// The engine with two lanes of one thread against a plain PyTorch loop with two threads, over the same windows, in turn.
/// Needs python3-torch; squeezenet1_0 is measured where its weights are in a models folder.
/// </summary>
internal static class GradientsBench
{
    private const int Lanes = 2;
    private const int Windows = 4;
    private const int Rounds = 7;
    private const int Tile = 512;

    public static async Task RunAsync(string[] args)
    {
        await CompareAsync(NetworkCatalog.Default, null, "5a");
        var squeezeNet = NetworkCatalog.Find("squeezenet1_0")!;
        if (WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable).FindFile(squeezeNet) is { } weights)
            await CompareAsync(squeezeNet, weights, "fire8");
        else
            Console.WriteLine("gradients squeezenet1_0: skipped, its weights are in no models folder");
    }

    private static async Task CompareAsync(NetworkDescription network, string? weightsFile, string layer)
    {
        var geometry = new NetworkGeometry(network);
        var objective = new Objective([new(ObjectiveKind.L2, layer, new AllChannels(), 1)]);
        int context = geometry.Evaluate(new HashSet<string> { layer }).AutomaticContext.Pixels;
        int side = Tile + 2 * context;
        var shape = new WindowShape(side, side, context, context, Tile, Tile);
        var octave = new OctaveObjective(geometry, objective, 4096, 4096);

        using var weights = NetworkWeights.Load(network, weightsFile is null ? WeightFile.OpenBuiltIn(network)! : WeightFile.Open(weightsFile));
        using var engine = new GradientEngine(weights, new EngineOptions { Lanes = Lanes });
        var window = new short[shape.WindowValues];
        for (int i = 0; i < window.Length; i++)
            window[i] = (short)SplitMix64.Mix((ulong)i);
        var cores = Enumerable.Range(0, Windows).Select(_ => new Half[shape.CoreValues]).ToArray();

        string rivalWeights = weightsFile ?? WriteBuiltIn(network);
        using var rival = Process.Start(new ProcessStartInfo("/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "pytorch_loop.py"), network.Name, rivalWeights, layer, $"{side}", $"{side}", $"{Lanes}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        async Task<double> OursAsync()
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(cores.Select(core => engine.ComputeAsync(octave, shape, window, core, CancellationToken.None)));
            return clock.Elapsed.TotalSeconds;
        }
        async Task<double> TheirsAsync()
        {
            await rival.StandardInput.WriteLineAsync($"{Windows}");
            await rival.StandardInput.FlushAsync();
            return double.Parse((await rival.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        }

        await OursAsync();
        await TheirsAsync();
        var ours = new List<double>();
        var theirs = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(await OursAsync());
            theirs.Add(await TheirsAsync());
        }
        rival.StandardInput.Close();
        await rival.WaitForExitAsync();

        double megapixels = Windows * Tile * (double)Tile / 1e6;
        Console.WriteLine($"gradients {network.Name} {layer}, tile {Tile}, context {context}:");
        Console.WriteLine($"  engine, {Lanes} lanes:    {Medians.Describe([.. ours.Select(s => megapixels / s)], "megapixels of core a second")}");
        Console.WriteLine($"  PyTorch, {Lanes} threads: {Medians.Describe([.. theirs.Select(s => megapixels / s)], "megapixels of core a second")}");
        Console.WriteLine($"  engine over PyTorch:  {Medians.Describe([.. theirs.Zip(ours, (t, o) => t / o)], "times")}");
    }

    private static string WriteBuiltIn(NetworkDescription network)
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"{network.Name}.safetensors");
        using var resource = typeof(NetworkCatalog).Assembly.GetManifestResourceStream(network.BuiltInWeights!)!;
        using var file = File.Create(path);
        resource.CopyTo(file);
        return path;
    }
}
