using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;

namespace DreamFarm.Cli.Presets;

/// <summary><c>dreamfarm presets</c>: the specs that come with the program.</summary>
internal static class PresetsCommand
{
    public static Command Create() => new("presets", "lists the presets that come with it, and shows them to be copied") { List(), Show() };

    private static Command List()
    {
        var json = Listing.JsonFlag();
        var command = new Command("list", "lists what --preset knows by name") { json };
        command.SetAction(parsed =>
        {
            var presets = BuiltInPreset.All.Select(PresetView.Of).ToArray();
            if (parsed.GetValue(json))
                Listing.WriteJson(presets);
            else
                Listing.WriteTable(["NAME", "NETWORK", "SUMMARY"], presets.Select(preset => (string[])[preset.Name, preset.Values.GetValueOrDefault("network", ""), preset.Summary]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var name = new Argument<string>("NAME") { Description = "the preset" };
        var json = Listing.JsonFlag();
        var command = new Command("show", "prints a preset as the spec file that it is, with where its numbers come from") { name, json };
        command.SetAction(parsed =>
        {
            var preset = BuiltInPreset.Find(parsed.GetValue(name)!);
            if (parsed.GetValue(json))
                Listing.WriteJson(PresetView.Of(preset));
            else
                Console.Out.Write(preset.Text);
            return ExitCode.Done;
        });
        return command;
    }
}
