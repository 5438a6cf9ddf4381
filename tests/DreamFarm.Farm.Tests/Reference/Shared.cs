using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>The folder beside the repository with the reference script, real weights and a photograph, and Debian's PyTorch to run it.</summary>
internal static class Shared
{
    private static readonly string _folder = Path.Combine(Repository(), "..", "shared");

    public static string SqueezeNet => Path.Combine(_folder, "models", "squeezenet1_0.safetensors");

    public static string SqueezeNetPth => Path.Combine(_folder, "models", "squeezenet1_0.pth");

    public static string Sky => Path.Combine(_folder, "images", "sky.jpg");

    public static string Reference => Path.Combine(_folder, "reference");

    /// <summary>Skips the test, and says why, where the weights or the photograph are missing.</summary>
    public static void SkipUnlessThere() =>
        Assert.SkipUnless(File.Exists(SqueezeNet) && File.Exists(Sky), $"The folder {Path.GetFullPath(_folder)} with the reference, its models and images is not there.");

    /// <summary>Skips the test, and says why, where the reference script is missing, or what it needs to run.</summary>
    public static void SkipUnlessTheReferenceRuns()
    {
        SkipUnlessThere();
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/torch"), "python3-torch is not installed.");
    }

    /// <summary>
    /// Runs the reference script, or code beside it, on two threads. On one thread PyTorch leaves 1x1 convolutions to a
    /// BLAS whose rounding depends on a cell's place; in a sky that is pure white in parts that decides ties between
    /// equal cells, and moves the gradient there by 1e-2.
    /// </summary>
    public static async Task<string> PythonAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", arguments)
        {
            WorkingDirectory = Reference,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "2";
        // Other tests run meanwhile: threads that spin take their time, and more of it than they use.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    /// <summary>A small network as ONNX that is part of the repository.</summary>
    public static string SmallOnnx => Path.Combine(Repository(), "tests", "DreamFarm.Engine.Tests", "Onnx", "Models", "classic.onnx");

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "DreamFarm.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
