using System.CommandLine;
using DreamFarm.Cli.Failures;

namespace DreamFarm.Cli.Specs;

/// <summary>The flags that say what to dream: one for each of <see cref="SpecKeys.All"/>.</summary>
internal sealed class SpecFlags
{
    private readonly (SpecKey Key, Option Option)[] _flags = [.. SpecKeys.All.Select(key => (key, Flag(key)))];

    /// <summary>Adds the flags to a command.</summary>
    public SpecFlags(Command command)
    {
        foreach (var (_, option) in _flags)
            command.Add(option);
    }

    /// <summary>What the flags say. A flag that is not given says nothing.</summary>
    /// <exception cref="UserException">A value makes no sense.</exception>
    public SpecDraft Read(ParseResult parsed)
    {
        var draft = new SpecDraft();
        foreach (var (key, option) in _flags)
        {
            if (Value(parsed, option) is { } text && key.Write(draft, text) is { } problem)
                throw new UserException(problem);
        }
        return draft;
    }

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
