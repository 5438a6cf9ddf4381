using DreamFarm.Cli.Specs;

namespace DreamFarm.Cli.Presets;

/// <summary>A preset as listings show it.</summary>
/// <param name="Name">What --preset takes.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Values">What it says, by the names of the flags.</param>
internal sealed record PresetView(string Name, string Summary, IReadOnlyDictionary<string, string> Values)
{
    public static PresetView Of(BuiltInPreset preset)
    {
        var draft = new SpecDraft();
        preset.Read(draft);
        return new PresetView(preset.Name, preset.Summary, draft.Values);
    }
}
