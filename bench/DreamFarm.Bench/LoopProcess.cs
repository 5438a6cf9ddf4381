using System.Diagnostics;
using System.Globalization;

namespace DreamFarm.Bench;

/// <summary>A process that computes windows on demand and says how long they took.</summary>
internal sealed class LoopProcess : IAsyncDisposable
{
    private readonly Process _process;

    private LoopProcess(Process process) => _process = process;

    /// <summary>Bytes of memory that it had at its peak.</summary>
    public long PeakBytes => Memory.PeakBytes(_process.Id);

    /// <summary>The engine, <see cref="EngineLoop"/>, with jemalloc where that is installed, as bin/dreamfarm starts it.</summary>
    public static Task<LoopProcess> EngineAsync(params string[] arguments)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!, [typeof(EngineLoop).Assembly.Location, "engine", .. arguments]);
        if (Directory.GetDirectories("/usr/lib").Select(folder => Path.Combine(folder, "libjemalloc.so.2")).FirstOrDefault(File.Exists) is { } library)
        {
            info.Environment["LD_PRELOAD"] = library;
            info.Environment["MALLOC_CONF"] = "dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0";
        }
        return StartAsync(info);
    }

    /// <summary>A script of this folder, with Debian's Python.</summary>
    public static Task<LoopProcess> PythonAsync(string script, params string[] arguments) =>
        StartAsync(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, script), .. arguments]));

    /// <summary>Computes some windows.</summary>
    /// <returns>Seconds on the clock, and of processors.</returns>
    public async Task<(double Seconds, double ProcessorSeconds)> ComputeAsync(int windows)
    {
        await _process.StandardInput.WriteLineAsync(windows.ToString(CultureInfo.InvariantCulture));
        await _process.StandardInput.FlushAsync();
        double[] answer = [.. (await ReadAsync(_process)).Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        return (answer[0], answer[1]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<LoopProcess> StartAsync(ProcessStartInfo info)
    {
        info.RedirectStandardInput = info.RedirectStandardOutput = true;
        var process = Process.Start(info)!;
        await ReadAsync(process);
        return new LoopProcess(process);
    }

    private static async Task<string> ReadAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A process that computes windows has ended; what it says of it is above.");
}
