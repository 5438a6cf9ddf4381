using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Settings;

/// <summary>A <see cref="Setting"/> that is a whole number within a range.</summary>
internal sealed class IntegerSetting
{
    private readonly IntegerField _field;
    private readonly Setting _setting;

    /// <param name="name">The flag.</param>
    /// <param name="value">What its value is called in the help.</param>
    /// <param name="description">For the help.</param>
    /// <param name="minimum">The smallest value accepted.</param>
    /// <param name="maximum">The largest value accepted.</param>
    /// <param name="fallback">The value without flag and variable; null for none.</param>
    /// <param name="unit">What is counted, for the sentence about a wrong value; may be empty.</param>
    public IntegerSetting(string name, string value, string description, int minimum, int maximum, int? fallback = null, string unit = "")
    {
        _field = new IntegerField(name, minimum, maximum, unit);
        _setting = new Setting(name, value, description, fallback is null ? null : $"{fallback}");
    }

    /// <summary>To be added to a command.</summary>
    public Option<string?> Option => _setting.Option;

    /// <summary>The number, the fallback, or null without either.</summary>
    /// <exception cref="UserException">What is given is no such number.</exception>
    public int? Find(ParseResult parsed) =>
        _setting.Value(parsed) is not { } text ? null
        : _field.TryParse(text, out int value, out string? problem) ? value
        : throw new UserException(problem);

    /// <summary>The number, or the fallback, which there must be.</summary>
    /// <exception cref="UserException">What is given is no such number.</exception>
    public int Value(ParseResult parsed) => Find(parsed)!.Value;
}
