using DreamFarm.Bench;

// What each claim about speed and memory rests on; run in Release, on an idle machine.
var benches = new Dictionary<string, Func<string[], Task>>
{
    ["gradients"] = GradientsBench.RunAsync,
    ["engine"] = EngineLoop.RunAsync,
    ["schemes"] = SchemesBench.RunAsync,
    ["tiles"] = TilesBench.RunAsync,
    ["merge"] = MergeBench.RunAsync,
    ["pixels"] = PixelsBench.RunAsync,
    ["wire"] = WireBench.RunAsync,
    ["farm"] = FarmBench.RunAsync,
    ["size"] = SizeBench.RunAsync,
    ["store"] = StoreBench.RunAsync,
    ["checkpoint"] = CheckpointBench.RunAsync,
    ["poster"] = PosterBench.RunAsync,
};
if (args.Length == 0 || !benches.TryGetValue(args[0], out var bench))
{
    Console.Error.WriteLine($"usage: DreamFarm.Bench {string.Join('|', benches.Keys)}");
    return 2;
}
await bench(args[1..]);
return 0;
