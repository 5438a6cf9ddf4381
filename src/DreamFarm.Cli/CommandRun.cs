using System.CommandLine;
using System.Runtime.InteropServices;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Health;
using DreamFarm.Cli.Jobs;
using DreamFarm.Cli.Networks;
using DreamFarm.Cli.Presets;
using DreamFarm.Cli.Progress;
using DreamFarm.Cli.Render;
using DreamFarm.Cli.Servers;
using DreamFarm.Cli.Tokens;
using DreamFarm.Cli.Train;
using DreamFarm.Cli.Usage;
using DreamFarm.Cli.Version;
using DreamFarm.Cli.Workers;

namespace DreamFarm.Cli;

/// <summary>One run of the dreamfarm command, from its arguments to its exit code.</summary>
internal static class CommandRun
{
    /// <summary>
    /// Exit codes: 0 done, 1 it could not be done, 2 the command line makes no sense, 130 and 143 ended by Ctrl-C and
    /// SIGTERM. Whatever goes wrong is one sentence on stderr.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        StandardStreams.Guard();
        // No file named @photo.jpg is a list of arguments, and -out is no -o ut.
        var parsed = Root().Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (UsageProblem.Of(parsed) is { } usage)
        {
            FailureReport.Write(usage);
            return ExitCode.Usage;
        }

        using var ending = new CancellationTokenSource();
        int signalled = 0;
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, ExitCode.Interrupted));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, ExitCode.Terminated));
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, ending.Token);
        }
        catch (OperationCanceledException) when (signalled != 0)
        {
            return signalled;
        }
        catch (Exception e)
        {
            FailureReport.Write(e);
            return ExitCode.Failed;
        }

        void End(PosixSignalContext context, int exitCode)
        {
            // Whoever asks twice does not want to wait.
            if (Interlocked.CompareExchange(ref signalled, exitCode, 0) != 0)
            {
                // A display that is cut off has hidden the cursor.
                if (!Console.IsErrorRedirected)
                    Console.Error.Write(ProgressDisplay.ShowCursor);
                ExitAtOnce(exitCode);
            }
            context.Cancel = true;
            ending.Cancel();
        }
    }

    // A regular exit would take libtorch apart under lanes that still compute, which ends in a segmentation fault.
    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void ExitAtOnce(int exitCode);

    private static RootCommand Root() =>
        new("DreamFarm renders DeepDreams, on this machine or on a farm of workers.")
        {
            RenderCommand.Create(),
            CoordinatorCommand.Create(),
            WorkerCommand.Create(),
            SubmitCommand.Create(),
            JobsCommand.Create(),
            WorkersCommand.Create(),
            TokensCommand.Create(),
            NetworksCommand.Create(),
            PresetsCommand.Create(),
            TrainCommand.Create(),
            HealthCommand.Create(),
            VersionCommand.Create(),
        };
}
