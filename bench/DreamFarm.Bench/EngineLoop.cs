using System.Diagnostics;
using System.Globalization;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;

namespace DreamFarm.Bench;

/// <summary>
/// The engine in a process of its own, so that its memory can be seen: <c>engine NETWORK LAYER WEIGHTS TILE CONTEXT LANES</c>. Every line on standard
/// input is a number of windows to compute; the answer is the seconds that they took on the clock and of processors.
/// </summary>
internal static class EngineLoop
{
    public static async Task RunAsync(string[] args)
    {
        var network = NetworkCatalog.Find(args[0])!;
        int tile = int.Parse(args[3], CultureInfo.InvariantCulture), context = int.Parse(args[4], CultureInfo.InvariantCulture), side = tile + 2 * context;
        var shape = new WindowShape(side, side, context, context, tile, tile);
        var octave = Objective(network, args[1]);
        using var weights = NetworkWeights.Load(network, args[2] == "-" ? WeightFile.OpenBuiltIn(network)! : WeightFile.Open(args[2]));
        using var engine = new GradientEngine(weights, new EngineOptions { Lanes = int.Parse(args[5], CultureInfo.InvariantCulture) });
        var window = new short[shape.WindowValues];
        for (int i = 0; i < window.Length; i++)
            window[i] = (short)SplitMix64.Mix((ulong)i);
        var cores = Enumerable.Range(0, engine.Lanes).Select(_ => new Half[shape.CoreValues]).ToArray();
        Console.WriteLine("ready");

        using var self = Process.GetCurrentProcess();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            int windows = int.Parse(line, CultureInfo.InvariantCulture), started = 0;
            self.Refresh();
            var processors = self.TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(cores.Select(async core =>
            {
                while (Interlocked.Increment(ref started) <= windows)
                    await engine.ComputeAsync(octave, shape, window, core, CancellationToken.None);
            }));
            double seconds = clock.Elapsed.TotalSeconds;
            self.Refresh();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {(self.TotalProcessorTime - processors).TotalSeconds}"));
        }
    }

    /// <summary>L2 of one layer, on some large canvas.</summary>
    public static OctaveObjective Objective(NetworkDescription network, string layer) =>
        new(new NetworkGeometry(network), new Objective([new(ObjectiveKind.L2, layer, new AllChannels(), 1)]), 4096, 4096);
}
