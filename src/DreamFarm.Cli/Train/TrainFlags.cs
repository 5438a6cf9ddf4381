using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Settings;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Train;

/// <summary>The flags of <c>dreamfarm train</c>.</summary>
internal sealed class TrainFlags
{
    private const string Ending = ".safetensors";
    private const int DefaultSize = 80;
    private const ulong DefaultSeed = 1;

    private static readonly IntegerField SizeField = new("--size", 32, 512, "pixels");
    private static readonly IntegerField EpochsField = new("--epochs", 1, 100_000);

    private readonly Option<string> _images = new("--images") { HelpName = "DIR", Required = true, Description = "a folder that holds a folder of pictures for each class: two or more classes, 8 or more pictures each" };
    private readonly Option<string> _output = new("--output", "-o") { HelpName = "FILE", Required = true, Description = "the network with its weights: .safetensors, for --weights" };
    private readonly Option<string?> _name = new("--name") { HelpName = "NAME", Description = "what the network is called (default: as the file)" };
    private readonly Option<string?> _size = new("--size") { HelpName = "N", Description = $"side of the square that the network looks at while it learns, in pixels; time and memory grow with its area (default: {DefaultSize})" };
    private readonly Option<string?> _epochs = new("--epochs") { HelpName = "N", Description = "how often it looks at every picture, every other time in another cut (default: by their number, for minutes rather than hours)" };
    private readonly Option<string?> _seed = new("--seed") { HelpName = "N", Description = $"seed of everything that is left to chance: the same one gives the same weights on the same processors (default: {DefaultSeed})" };
    private readonly Setting _device = new("--device", "cpu|cuda:N", "where to compute", "cpu");

    /// <summary>Adds the flags to a command.</summary>
    public TrainFlags(Command command)
    {
        foreach (var option in (Option[])[_images, _output, _name, _size, _epochs, _seed, _device.Option])
            command.Add(option);
    }

    /// <exception cref="UserException">A value makes no sense, or no file can be made where the weights are to be.</exception>
    public TrainRequest Read(ParseResult parsed)
    {
        int size = Whole(parsed, _size, SizeField) ?? DefaultSize;
        int? epochs = Whole(parsed, _epochs, EpochsField);
        ulong seed = Seed(parsed.GetValue(_seed));
        string output = Output(parsed.GetValue(_output)!);
        return new TrainRequest(
            parsed.GetValue(_images)!, output, Name(parsed.GetValue(_name), output), size, epochs, seed, _device.Value(parsed)!);
    }

    private static int? Whole(ParseResult parsed, Option<string?> option, IntegerField field) =>
        parsed.GetValue(option) is not { } text ? null
        : field.TryParse(text, out int value, out string? problem) ? value
        : throw new UserException(problem);

    private static ulong Seed(string? text) =>
        text is null ? DefaultSeed
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value
        : throw new UserException($"--seed must be 0 to {ulong.MaxValue}, not \"{text}\"");

    private static string Output(string path)
    {
        PartialFile.CheckName(path, "mine" + Ending);
        if (!path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase))
            throw new UserException($"{path} does not end in {Ending}, the form in which weights are kept");
        PartialFile.CheckPlace(path);
        // It is wanted after minutes, which would be lost.
        string checkpoint = path + TrainRequest.CheckpointEnding;
        if (Directory.Exists(checkpoint))
            throw new UserException($"{checkpoint} is a folder, where the file of an interrupted training would lie: move it away, or choose another --output");
        PartialFile.CheckPlace(checkpoint);
        return path;
    }

    private static string Name(string? given, string output)
    {
        if (given is not null && !NetworkDescriptionJson.IsNetworkName(given))
            throw new UserException($"--name must be 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit, not \"{given}\"");
        string name = given ?? Path.GetFileName(output)[..^Ending.Length];
        if (!NetworkDescriptionJson.IsNetworkName(name))
            throw new UserException($"no network can be called \"{name}\" as its file is: give it a name of 1 to 64 letters, digits, dots, dashes and underscores with --name");
        return NetworkCatalog.Find(name) is null
            ? name
            : throw new UserException($"{name} is the name of a known network: {(given is null ? "give this one another with --name" : "choose another")}");
    }
}
