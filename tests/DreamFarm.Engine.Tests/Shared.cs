using System.Diagnostics;

namespace DreamFarm.Engine.Tests;

/// <summary>What tests compare with: the shared folder beside the repository, and Debian's PyTorch.</summary>
internal static class Shared
{
    public static string Repository { get; } = FindRepository();

    private static string Folder => Path.Combine(Repository, "..", "shared");

    public static string SqueezeNet => Path.Combine(Folder, "models", "squeezenet1_0.safetensors");

    public static string Sky => Path.Combine(Folder, "images", "sky.jpg");

    public static string Reference => Path.Combine(Folder, "reference");

    public static void SkipUnlessThere() =>
        Assert.SkipUnless(File.Exists(SqueezeNet) && File.Exists(Sky), $"The folder {Path.GetFullPath(Folder)} with the reference, its models and images is not there.");

    /// <summary>Runs a Python program; the test is skipped where Debian's PyTorch is missing.</summary>
    public static async Task<string> PythonAsync(string program, params string[] arguments)
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/torch"), "python3-torch is not installed.");
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "DreamFarm.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
