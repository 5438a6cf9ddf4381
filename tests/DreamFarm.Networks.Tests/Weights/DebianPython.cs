using System.Diagnostics;

namespace DreamFarm.Networks.Tests;

/// <summary>Debian's Python, which has python3-torch, even where another one comes first on the path.</summary>
internal static class DebianPython
{
    private const string Program = "/usr/bin/python3";

    /// <summary>Runs a program; the test is skipped where Python or torch is missing.</summary>
    public static void Run(string program, params ReadOnlySpan<string> arguments)
    {
        Assert.SkipUnless(File.Exists(Program), $"There is no {Program}.");
        using var python = Process.Start(new ProcessStartInfo(Program, ["-c", program, .. arguments]) { RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.SkipWhen(errors.Contains("No module named", StringComparison.Ordinal), $"{Program} has no torch.");
        Assert.True(python.ExitCode == 0, errors);
    }
}
