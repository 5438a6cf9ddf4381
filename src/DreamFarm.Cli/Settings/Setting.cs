using System.CommandLine;

namespace DreamFarm.Cli.Settings;

/// <summary>A flag whose value can also be set in the environment: <c>--coordinator</c> is <c>DREAMFARM_COORDINATOR</c> there.</summary>
internal sealed class Setting
{
    private readonly string _variable;
    private readonly string? _fallback;

    /// <param name="name">The flag.</param>
    /// <param name="value">What its value is called in the help.</param>
    /// <param name="description">For the help.</param>
    /// <param name="fallback">The value without flag and variable; null for none.</param>
    public Setting(string name, string value, string description, string? fallback = null)
    {
        _variable = VariableOf(name);
        _fallback = fallback;
        Option = new Option<string?>(name)
        {
            HelpName = value,
            Description = $"{description} (default: ${_variable}{(fallback is null ? "" : $", otherwise {fallback}")})",
        };
    }

    /// <summary>To be added to a command.</summary>
    public Option<string?> Option { get; }

    /// <summary>What a flag is called in the environment.</summary>
    public static string VariableOf(string name) => "DREAMFARM_" + name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>The flag's value, the environment's, or the fallback.</summary>
    public string? Value(ParseResult parsed) =>
        parsed.GetValue(Option) ?? (Environment.GetEnvironmentVariable(_variable) is { Length: > 0 } set ? set : _fallback);
}
