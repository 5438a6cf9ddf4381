using System.CommandLine;
using DreamFarm.Imaging;

namespace DreamFarm.Motifs;

/// <summary>One run of the command, from its arguments to its exit code: 0 done, 1 it could not be done, 2 the command line makes no sense.</summary>
internal static class CommandRun
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Paints the pictures that the built-in network is trained on, and trains it.")
        {
            SheetCommand.Create(),
            WriteCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(parsed.Errors[0].Message);
            return 2;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
