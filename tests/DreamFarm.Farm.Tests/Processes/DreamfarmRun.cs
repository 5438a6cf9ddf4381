using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DreamFarm.Farm.Tests;

/// <summary>What a run of the dreamfarm command left.</summary>
internal sealed partial record DreamfarmRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs the command in a folder until it ends.</summary>
    public static async Task<DreamfarmRun> InAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return await EndOfAsync(process);
    }

    /// <summary>Starts the command; the caller ends it.</summary>
    public static Process Start(string folder, params string[] arguments) => StartWith([], folder, arguments);

    /// <summary>Starts the command with variables in its environment, each as NAME=VALUE; the caller ends it.</summary>
    public static Process StartWith(string[] environment, string folder, params string[] arguments) =>
        // Whoever runs the tests in the background of a script has made them, and their children, deaf to SIGINT.
        Process.Start(Prepare("env", folder, ["--default-signal=INT", .. environment, "dotnet", Path.Combine(AppContext.BaseDirectory, "dreamfarm.dll"), .. arguments]))!;

    /// <summary>Runs shell code, for which <c>"$@"</c> is the command.</summary>
    public static async Task<DreamfarmRun> InShellAsync(string code, string folder, params string[] arguments)
    {
        using var process = Process.Start(Prepare(
            "/bin/sh", folder, ["-c", code, "sh", "dotnet", Path.Combine(AppContext.BaseDirectory, "dreamfarm.dll"), .. arguments]))!;
        return await EndOfAsync(process);
    }

    /// <summary>Waits for the end of a process and collects what it wrote.</summary>
    public static async Task<DreamfarmRun> EndOfAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new DreamfarmRun(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Sends a process a signal, at once: no other process has to start for it.</summary>
    public static void Send(Process process, Signal signal) =>
        Assert.True(TrySend(process, signal), $"{signal} cannot be sent to process {process.Id}: it has ended");

    /// <summary>The same; false if the process has ended.</summary>
    public static bool TrySend(Process process, Signal signal) => !process.HasExited && Send(process.Id, (int)signal) == 0;

    /// <summary>The sentence with which the command refused: it is the only one, and no trace of the stack is near it.</summary>
    public string Refusal(int exitCode = 1)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}: {Errors}");
        Assert.Equal("", Output);
        string sentence = Assert.Single(Errors.Split('\n'), line => line.StartsWith("dreamfarm: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Errors);
        Assert.DoesNotContain("Exception", Errors);
        Assert.DoesNotContain("unexpected", Errors);
        return sentence["dreamfarm: ".Length..];
    }

    private static ProcessStartInfo Prepare(string file, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the developer has set up is none of the tests' business.
        foreach (string variable in start.Environment.Keys.Where(name => name.StartsWith("DREAMFARM_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(variable);
        start.Environment["XDG_CACHE_HOME"] = folder;
        // As bin/dreamfarm does: other tests run meanwhile, and threads that spin would only take their time.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        start.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        return start;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
