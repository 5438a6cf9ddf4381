using System.CommandLine;

namespace DreamFarm.Cli.Networks;

/// <summary><c>dreamfarm networks</c>: what can be dreamt with, and how its weights come here.</summary>
internal static class NetworksCommand
{
    public static Command Create() => new("networks", "lists networks and their layers, and installs weights")
    {
        ListCommand.Create(),
        LayersCommand.Create(),
        PullCommand.Create(),
        ImportCommand.Create(),
        RemoveCommand.Create(),
    };
}
