using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary><c>dreamfarm networks layers</c>.</summary>
internal static class LayersCommand
{
    private const string WholeCanvas = "whole canvas";
    private const int LineWidth = 100;

    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "the network", Arity = ArgumentArity.ZeroOrOne };
        var weights = new Option<string?>("--weights") { HelpName = "FILE", Description = "a file of weights, whose own network is listed if it describes one, with as many classes as it has" };
        var json = Listing.JsonFlag();
        var command = new Command("layers", "lists the layers of a network (the default one if none is named), shallow to deep, with what a cell looks at in pixels, and its classes") { name, weights, json };
        command.SetAction(parsed =>
        {
            var network = Find(parsed.GetValue(name), parsed.GetValue(weights));
            var geometry = new NetworkGeometry(network);
            var layers = network.Layers.Select(layer => LayerView.Of(layer, geometry)).ToArray();
            if (parsed.GetValue(json))
                Listing.WriteJson(layers);
            else
            {
                WriteTable(layers);
                WriteClasses(layers);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static NetworkDescription Find(string? name, string? weights)
    {
        if (weights is not null)
        {
            using var loaded = NetworkWeights.Load(name, WeightFile.Open(weights));
            return loaded.Network;
        }
        if (name is null)
            return NetworkCatalog.Default;
        var locator = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable);
        return locator.FindNetwork(name) ?? throw new UserException(locator.DescribeUnknown(name));
    }

    private static void WriteTable(LayerView[] layers)
    {
        bool aliases = layers.Any(layer => layer.Aliases is not null);
        string[] header = ["LAYER", "CHANNELS", "STRIDE", "RECEPTIVE FIELD", "EXACT CONTEXT", "AUTO CONTEXT", "ITS ERROR", .. aliases ? (string[])["ALSO CALLED"] : []];
        Listing.WriteTable(header, layers.Select(layer => (string[])
        [
            layer.Name,
            Text(layer.Channels),
            Text(layer.Stride),
            layer.ReceptiveField switch
            {
                null => WholeCanvas,
                [var height, var width] when height == width => Text(height),
                [var height, var width] => $"{Text(width)}x{Text(height)}",
                _ => "",
            },
            layer.ExactContext is { } exact ? Text(exact) : WholeCanvas,
            layer.AutomaticContext is { } automatic ? Text(automatic) : WholeCanvas,
            layer switch
            {
                { AutomaticContext: null } => "0",
                { AutomaticContextError: null } => "unmeasured",
                { AutomaticContextError: 0 } => "0",
                { AutomaticContextError: { } error } => error.ToString("0e-0", CultureInfo.InvariantCulture),
            },
            .. aliases ? (string[])[string.Join(", ", layer.Aliases ?? [])] : [],
        ]));
    }

    /// <summary>The classes that channels can be named by, with the number of each.</summary>
    private static void WriteClasses(LayerView[] layers)
    {
        if (Array.FindLast(layers, layer => layer.Classes is not null) is not { Classes: { } classes, Name: var classifier })
            return;
        Console.Out.WriteLine();
        Console.Out.WriteLine($"Classes, as in mean({classifier}[{classes[0]}]), with their channels:");
        string line = "";
        foreach (var (channel, name) in classes.Index())
        {
            string next = $"{name} {Text(channel)}{(channel < classes.Count - 1 ? "," : "")}";
            if (line.Length > 0 && line.Length + 1 + next.Length > LineWidth)
            {
                Console.Out.WriteLine(line);
                line = "";
            }
            line += line.Length > 0 ? $" {next}" : next;
        }
        Console.Out.WriteLine(line);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
