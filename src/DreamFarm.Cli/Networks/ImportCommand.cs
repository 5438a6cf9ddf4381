using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary><c>dreamfarm networks import</c>.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "weights as .safetensors, .pth, .caffemodel or .h5, or a network as .onnx" };
        var network = new Option<string?>("--network") { HelpName = "NAME", Description = "the network whose weights they are (default: the one that fits them)" };
        var name = new Option<string?>("--name") { HelpName = "NAME", Description = "a name of their own, for --network from then on (default: the network's)" };
        var preprocessing = new Option<string?>("--preprocessing") { HelpName = "NAME", Description = "what the network takes a picture as, which ONNX does not say: " + string.Join("; ", InputScale.All.Select(scale => $"{scale.Name} ({scale.Summary})")) };
        var command = new Command("import", "checks a file of weights and installs it, as .safetensors, where it is found by name") { file, network, name, preprocessing };
        command.SetAction(async (parsed, cancellation) =>
        {
            var locator = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable);
            using var weights = Load(parsed.GetValue(file)!, parsed.GetValue(network), parsed.GetValue(name), parsed.GetValue(preprocessing));
            string path = await new ModelsFolder(locator).InstallAsync(weights, cancellation);
            Console.Error.WriteLine($"installed {weights.Network.Name} as {path}");
            return ExitCode.Done;
        });
        return command;
    }

    private static NetworkWeights Load(string file, string? network, string? name, string? preprocessing)
    {
        var scale = preprocessing is null ? null : InputScale.Find(preprocessing)
            ?? throw new UserException($"--preprocessing cannot be \"{preprocessing}\"; {NearestName.Suggest(preprocessing, InputScale.All.Select(known => known.Name))}");
        var weights = NetworkWeights.Load(network, WeightFile.Open(file));
        try
        {
            if (scale is not null)
                weights = weights.Prepare(scale);
            if (name is null)
            {
                // What a name of the catalogue means, no file decides.
                return weights.IsDescribedByFile && NetworkCatalog.Find(weights.Network.Name) is not null
                    ? throw new UserException($"{file} describes a network of its own called {weights.Network.Name}, which is the name of a known one: give it another with --name")
                    : weights;
            }
            if (!NetworkDescriptionJson.IsNetworkName(name))
                throw new UserException($"--name must be 1 to 64 letters, digits, dots, dashes and underscores, not \"{name}\"");
            if (NetworkCatalog.Find(name) is not null && (name != weights.Network.Name || weights.IsDescribedByFile))
                throw new UserException($"--name {name} is the name of a known network: choose another");
            return name == weights.Network.Name ? weights : weights.Rename(name);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }
}
