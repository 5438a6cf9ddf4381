using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DreamFarm.Bench;

/// <summary>The dreamfarm command as a process.</summary>
internal static partial class Dreamfarm
{
    private static readonly string _path = Path.Combine(AppContext.BaseDirectory, "dreamfarm");

    /// <summary>Starts it with its output thrown away.</summary>
    public static Process Start(params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(_path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(_path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    /// <summary>Runs a command that reports steps, and times them.</summary>
    /// <returns>Megapixels of canvas stepped a second between the first and the last step of the last octave, and the peak memory, bytes.</returns>
    public static async Task<(double MegapixelsPerSecond, long PeakBytes)> StepsAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(_path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var clock = Stopwatch.StartNew();
        var steps = new List<(int Octave, int Step, double Megapixels, double Seconds)>();
        var said = new List<string>();
        long peak = 0;
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            peak = Math.Max(peak, Memory.PeakBytes(process.Id));
            if (StepLine().Match(line) is { Success: true } match)
                steps.Add((Int(match, 1), Int(match, 4), Int(match, 2) * (double)Int(match, 3) / 1e6, clock.Elapsed.TotalSeconds));
        }
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"dreamfarm {string.Join(' ', arguments)} said: {string.Join(' ', said)}");
        var last = steps.Where(step => step.Octave == steps[^1].Octave).ToList();
        return ((last[^1].Step - last[0].Step) * last[0].Megapixels / (last[^1].Seconds - last[0].Seconds), peak);
    }

    private static int Int(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"octave (\d+)/\d+ (\d+)x(\d+), step (\d+)/\d+")]
    private static partial Regex StepLine();
}
