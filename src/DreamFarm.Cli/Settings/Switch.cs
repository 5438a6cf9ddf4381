using System.CommandLine;

namespace DreamFarm.Cli.Settings;

/// <summary>A flag without a value that can also be set in the environment: <c>--insecure</c> is <c>DREAMFARM_INSECURE=1</c> there.</summary>
internal sealed class Switch
{
    private readonly string _variable;

    /// <param name="name">The flag.</param>
    /// <param name="description">For the help.</param>
    public Switch(string name, string description)
    {
        _variable = Setting.VariableOf(name);
        Option = new Option<bool>(name) { Description = $"{description} (or ${_variable}=1)" };
    }

    /// <summary>To be added to a command.</summary>
    public Option<bool> Option { get; }

    /// <summary>Whether it is set, here or in the environment.</summary>
    public bool IsSet(ParseResult parsed) => parsed.GetValue(Option) || Environment.GetEnvironmentVariable(_variable) is "1" or "true";
}
