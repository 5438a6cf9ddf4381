using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary><c>dreamfarm networks remove</c>.</summary>
internal static class RemoveCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "the network" };
        var command = new Command("remove", "removes the installed weights of a network") { name };
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetValue(name)!;
            var locator = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable);
            var network = locator.FindNetwork(wanted) ?? throw new UserException(locator.DescribeUnknown(wanted));
            string file = locator.FindInstalled().FirstOrDefault(installed => installed.Network.Name == wanted).File ?? locator.FindFile(network)
                ?? throw new UserException($"no weights of {wanted} are installed in {string.Join(" or ", locator.Folders)}");
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UserException($"{file} cannot be removed: {SystemReason.Of(e)}", e);
            }
            Console.Error.WriteLine($"removed {file}");
            return ExitCode.Done;
        });
        return command;
    }
}
