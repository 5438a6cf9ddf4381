using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Presets;

namespace DreamFarm.Cli.Specs;

/// <summary>The flags that say what to dream: one for each of <see cref="SpecKeys.All"/>, and the spec file that they override.</summary>
internal sealed class SpecFlags
{
    private readonly Option<string?> _preset = new("--preset")
    {
        HelpName = "NAME|FILE.yaml",
        Description = "takes what is not given here from a spec file: one of `dreamfarm presets list`, or one of your own, whose keys are the flags below",
    };

    private readonly (SpecKey Key, Option Option)[] _flags = [.. SpecKeys.All.Select(key => (key, Flag(key)))];

    /// <summary>Adds the flags to a command.</summary>
    public SpecFlags(Command command)
    {
        command.Add(_preset);
        foreach (var (_, option) in _flags)
            command.Add(option);
    }

    /// <summary>What the preset says, with the flags over it. A flag that is not given says nothing.</summary>
    /// <exception cref="UserException">A value makes no sense, or there is no such preset.</exception>
    public SpecDraft Read(ParseResult parsed)
    {
        var draft = new SpecDraft();
        if (parsed.GetValue(_preset) is { } preset)
        {
            if (IsFile(preset))
                SpecFile.Read(preset, draft);
            else
                BuiltInPreset.Find(preset).Read(draft);
        }
        foreach (var (key, option) in _flags)
        {
            if (Value(parsed, option) is { } text && draft.Write(key, text) is { } problem)
                throw new UserException(problem);
        }
        return draft;
    }

    // A file is named as one; what has no ending and no folder is a name.
    private static bool IsFile(string preset) => preset.Contains('/') || preset.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || preset.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static Option Flag(SpecKey key) => key.ValueName is null
        ? new Option<bool>(key.Flag) { Description = key.Description }
        : new Option<string?>(key.Flag) { HelpName = key.ValueName, Description = key.Description };

    private static string? Value(ParseResult parsed, Option option) => option switch
    {
        Option<bool> on => parsed.GetResult(on) is { Implicit: false } ? parsed.GetValue(on) ? "true" : "false" : null,
        Option<string?> text => parsed.GetValue(text),
        _ => throw new InvalidOperationException($"{option.Name} is no flag of a spec"),
    };
}
