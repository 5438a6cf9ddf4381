using System.CommandLine;
using System.Runtime.InteropServices;
using DreamFarm.Imaging;
using DreamFarm.Networks;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>One run of the command, from its arguments to its exit code.</summary>
internal static class CommandRun
{
    /// <summary>
    /// Exit codes: 0 done, 1 it could not be done, 2 the command line makes no sense, 130 and 143 ended by Ctrl-C and SIGTERM.
    /// Whatever goes wrong is one sentence on stderr.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(parsed.Errors[0].Message);
            return 2;
        }

        using var ending = new CancellationTokenSource();
        var signalled = 0;
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, 130));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, 143));
        try
        {
            // A training that is interrupted takes its time to leave a checkpoint.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, ending.Token);
        }
        catch (OperationCanceledException) when (signalled != 0)
        {
            return signalled;
        }
        catch (Exception e) when (e is ImageException or WeightsException or TrainingException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        void End(PosixSignalContext context, int exitCode)
        {
            signalled = exitCode;
            context.Cancel = true;
            ending.Cancel();
        }
    }

    private static RootCommand Root() => new("Paints the pictures that the built-in network is trained on, and trains it.")
    {
        SheetCommand.Create(),
        WriteCommand.Create(),
        TrainCommand.Create(),
        MeasureCommand.Create(),
    };
}
