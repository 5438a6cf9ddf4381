using System.Reflection;
using System.Text;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Specs;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Presets;

/// <summary>A spec file that is part of the program: one of the repository's <c>presets/</c>.</summary>
/// <param name="Name">What <c>--preset</c> takes.</param>
/// <param name="Text">The file as it is.</param>
internal sealed record BuiltInPreset(string Name, string Text)
{
    private const string Prefix = "presets/";

    /// <summary>By name.</summary>
    public static IReadOnlyList<BuiltInPreset> All { get; } = Load();

    /// <summary>The file's first line, which says in a sentence what it is.</summary>
    public string Summary => Text.Split('\n')[0].TrimStart('#').Trim();

    /// <exception cref="UserException">There is none of that name; one sentence with those that there are.</exception>
    public static BuiltInPreset Find(string name) =>
        All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new UserException($"there is no preset \"{name}\": {NearestName.Suggest(name, All.Select(preset => preset.Name)).TrimEnd('.')}, or a file.yaml of your own");

    /// <summary>Says everything that the preset says.</summary>
    public void Read(SpecDraft draft) => SpecFile.Read($"preset {Name}", Encoding.UTF8.GetBytes(Text), "", draft);

    private static BuiltInPreset[] Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return new BuiltInPreset(name[Prefix.Length..], reader.ReadToEnd());
        })];
    }
}
