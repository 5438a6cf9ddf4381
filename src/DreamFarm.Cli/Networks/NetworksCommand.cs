using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Networks;

/// <summary><c>dreamfarm networks</c>: what can be dreamt with.</summary>
internal static class NetworksCommand
{
    public static Command Create() => new("networks", "lists networks and their layers") { List(), Layers() };

    private static Command List()
    {
        var json = Listing.JsonFlag();
        var command = new Command("list", "lists the networks that this build knows") { json };
        command.SetAction(parsed =>
        {
            var locator = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable);
            var networks = NetworkCatalog.All.Select(network => NetworkView.Of(network, locator)).ToArray();
            if (parsed.GetValue(json))
                Listing.WriteJson(networks);
            else
                Listing.WriteTable(["NAME", "WEIGHTS", "SUMMARY"], networks.Select(network => (string[])[network.Name, network.Weights ?? "to be found", network.Summary]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Layers()
    {
        var name = new Argument<string>("NAME") { Description = "the network", Arity = ArgumentArity.ZeroOrOne };
        var json = Listing.JsonFlag();
        var command = new Command("layers", "lists the layers of a network (the default one if none is named), shallow to deep") { name, json };
        command.SetAction(parsed =>
        {
            var spec = new V1.Spec();
            if (parsed.GetValue(name) is { } wanted)
                spec.Network = wanted;
            if (!SpecReader.TryFindNetwork(spec, out var network, out string? problem))
                throw new UserException(problem);
            var geometry = new NetworkGeometry(network);
            var layers = network.Layers.Select(layer => LayerView.Of(layer, geometry)).ToArray();
            if (parsed.GetValue(json))
                Listing.WriteJson(layers);
            else
                Listing.WriteTable(["LAYER", "STRIDE", "CHANNELS", "EXACT CONTEXT", "AUTO CONTEXT", "ITS ERROR"], layers.Select(Row));
            return ExitCode.Done;
        });
        return command;
    }

    private static string[] Row(LayerView layer) =>
    [
        layer.Name,
        Text(layer.Stride),
        Text(layer.Channels),
        Text(layer.ExactContext),
        Text(layer.AutomaticContext),
        layer.AutomaticContextError switch
        {
            null => "unmeasured",
            0 => "0",
            { } error => error.ToString("0e-0", CultureInfo.InvariantCulture),
        },
    ];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
