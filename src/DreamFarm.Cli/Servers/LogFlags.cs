using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Cli.Servers;

/// <summary>The flags that say how a server logs.</summary>
internal sealed class LogFlags
{
    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error"];

    private readonly Setting _format = new("--log", "text|json", "how log lines are written: for people, or one JSON object each", "text");
    private readonly Setting _level = new("--log-level", "LEVEL", $"the least important log lines that are written: {string.Join(", ", Levels)}", "information");

    /// <summary>Adds the flags to a command.</summary>
    public LogFlags(Command command)
    {
        command.Add(_format.Option);
        command.Add(_level.Option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    public LogSettings Read(ParseResult parsed)
    {
        string format = _format.Value(parsed)!, level = _level.Value(parsed)!;
        if (format is not ("text" or "json"))
            throw new UserException($"--log must be text or json, not \"{format}\"");
        if (!Levels.Contains(level))
            throw new UserException($"--log-level must be one of {string.Join(", ", Levels)}, not \"{level}\"");
        return new LogSettings { Format = format == "json" ? LogFormat.Json : LogFormat.Text, Level = Enum.Parse<LogLevel>(level, ignoreCase: true) };
    }
}
