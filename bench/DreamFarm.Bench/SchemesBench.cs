using System.Diagnostics;
using System.Globalization;
using DreamFarm.Networks;

namespace DreamFarm.Bench;

/// <summary>
/// One step's gradient of SqueezeNet fire8 at 1, 4, 16 and 64 megapixels: the engine's tiles beside plain PyTorch's whole image, the TensorFlow
/// tutorial's scheme and tiles that overlap by half: <c>schemes [LANES] [SIDE ...]</c>. Where a scheme has more tiles than
/// a few, a few are computed and the rest is taken to last as long; the table says so with a ~.
/// </summary>
internal static class SchemesBench
{
    /// <summary>Windows that are computed of many.</summary>
    private const int Enough = 16;

    /// <summary>What PyTorch takes for a pixel of a whole image, bytes, by what it takes at 4 megapixels (3.8 GB): tells where it has no room.</summary>
    private const double WholeBytesPerPixel = 900;

    public static async Task RunAsync(string[] args)
    {
        int[] numbers = [.. args.Select(argument => int.Parse(argument, CultureInfo.InvariantCulture))];
        int lanes = numbers.Length > 0 ? numbers[0] : 2;
        Console.WriteLine($"| megapixels | scheme | seconds a step | peak memory, MB |\n|---|---|---|---|");
        foreach (int side in numbers.Length > 1 ? numbers[1..] : [1024, 2048, 4096, 8192])
        {
            string pixels = string.Create(CultureInfo.InvariantCulture, $"{side * (double)side / 1e6:0.0}");
            var (seconds, peak, guessed) = await OursAsync(side, lanes);
            Say(pixels, $"DreamFarm, {lanes} lanes", seconds, peak, guessed);
            foreach (string scheme in (string[])["whole", "tutorial", "overlap"])
            {
                if (scheme == "whole" && side * (double)side * WholeBytesPerPixel > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 0.8)
                {
                    Console.WriteLine($"| {pixels} | whole | no room | more than this machine has |");
                    continue;
                }

                double[] answer = [.. (await PythonAsync(scheme, side, lanes)).Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
                Say(pixels, scheme, answer[0] * answer[2] / answer[1], answer[3], answer[2] > answer[1]);
            }
        }
    }

    private static void Say(string pixels, string scheme, double seconds, double peak, bool guessed) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {pixels} | {scheme} | {(guessed ? "~ " : "")}{seconds:0.0} | {peak / 1e6:0} |"));

    /// <summary>Windows of the plan's automatic tile at that size; those at the edge are counted like the others.</summary>
    private static async Task<(double Seconds, double Peak, bool Guessed)> OursAsync(int side, int lanes)
    {
        var network = NetworkCatalog.Find("squeezenet1_0")!;
        int context = EngineLoop.Objective(network, "fire8").Evaluation.AutomaticContext.Pixels;
        string weights = Path.Combine(AppContext.BaseDirectory, $"{network.Name}.random.safetensors");
        if (!File.Exists(weights))
        {
            await using var made = await LoopProcess.PythonAsync("torch_loop.py", network.Name, "fire8", weights, "64", "1");
        }

        int tile = Math.Min(832, side), across = (side + tile - 1) / tile, windows = Math.Min(Enough, across * across);
        await using var engine = await LoopProcess.EngineAsync(network.Name, "fire8", weights, $"{tile}", $"{context}", $"{lanes}");
        await engine.ComputeAsync(lanes);
        double seconds = (await engine.ComputeAsync(windows)).Seconds / (windows * (double)tile * tile) * side * side;
        return (seconds, engine.PeakBytes + 12.0 * side * side, across * across > windows);
    }

    private static async Task<string> PythonAsync(string scheme, int side, int threads)
    {
        // The tutorial's tiles take longer the larger the image is, and there are more of them.
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "torch_schemes.py"), scheme, $"{side}", $"{threads}", $"{Enough}"])
        { RedirectStandardOutput = true })!;
        string answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return answer.Trim();
    }
}
