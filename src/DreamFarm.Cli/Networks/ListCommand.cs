using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary><c>dreamfarm networks list</c>.</summary>
internal static class ListCommand
{
    // What every publisher states; --json has more where there is more.
    private const int ShownDigits = 8;

    public static Command Create()
    {
        var json = Listing.JsonFlag();
        var command = new Command("list", "lists the networks that are known, where their weights are, and where they come from") { json };
        command.SetAction(parsed =>
        {
            var locator = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable);
            NetworkView[] networks =
            [
                .. NetworkCatalog.All.Select(network => NetworkView.Of(network, locator.FindFile(network))),
                .. locator.FindInstalled().Select(installed => NetworkView.Of(installed.Network, installed.File)),
            ];
            if (parsed.GetValue(json))
                Listing.WriteJson(networks);
            else
                Listing.WriteTable(["NAME", "WEIGHTS", "SIZE", "SHA-256", "LICENCE", "PUBLISHED AT"], networks.Select(Row));
            return ExitCode.Done;
        });
        return command;
    }

    private static string[] Row(NetworkView network) => network.Publisher is { } publisher
        ? [network.Name, network.Weights ?? "not installed", Size(publisher.Bytes), publisher.Sha256Prefix[..ShownDigits], publisher.Licence, publisher.Address.AbsoluteUri]
        : [network.Name, network.Weights ?? "to be found", "-", "-", "-", "-"];

    private static string Size(long? bytes) => bytes is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known / 1e6:0} MB") : "unknown";
}
