using System.CommandLine;
using System.CommandLine.Parsing;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Usage;

/// <summary>What is wrong with a command line, as one sentence.</summary>
internal static class UsageProblem
{
    /// <returns>Null if the command line makes sense.</returns>
    public static string? Of(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
            return null;
        var command = parsed.CommandResult.Command;
        string path = Path(parsed.CommandResult);

        // The first unknown word says more than what is missing for want of it.
        if (parsed.UnmatchedTokens.FirstOrDefault() is { } token)
            return Unknown(token, command, path);
        foreach (var error in parsed.Errors)
        {
            if (error.SymbolResult is OptionResult { Tokens.Count: 0, IdentifierToken: { } flag })
                return $"{flag.Value} needs a value";
            if (error.SymbolResult is OptionResult { IdentifierTokenCount: > 1 } twice)
                return $"{twice.Option.Name} can be given only once";
        }
        if (command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is not { Tokens.Count: > 0 }) is { } missing)
            return $"{missing.Name} is missing; {SeeHelp(path)}";
        if (command.Options.FirstOrDefault(option => option.Required && parsed.GetResult(option) is not { Tokens.Count: > 0 }) is { } needed)
            return $"{needed.Name} is missing; {SeeHelp(path)}";
        if (command.Subcommands.Count > 0)
            return $"name a command: {path} knows {Names(command)}";
        return parsed.Errors[0].Message.TrimEnd('.');
    }

    private static string Unknown(string token, Command command, string path)
    {
        if (token.StartsWith('-'))
        {
            string flag = token.Split('=', ':')[0];
            string[] known = [.. command.Options.Where(option => !option.Hidden).SelectMany(option => (string[])[option.Name, .. option.Aliases])];
            if (known.Contains(flag))
                return $"{flag} stands behind --, after which there are no flags: put it before";
            return NearestName.Find(flag, known) is { } near ? $"unknown flag {flag}; did you mean {near}?" : $"unknown flag {flag}; {SeeHelp(path)}";
        }
        if (command.Subcommands.Count > 0)
        {
            string sentence = $"unknown command \"{token}\"";
            return NearestName.Find(token, [.. command.Subcommands.Select(sub => sub.Name)]) is { } near
                ? $"{sentence}; did you mean {path} {near}?"
                : $"{sentence}; {path} knows {Names(command)}";
        }
        return $"\"{token}\" is one argument too many; {SeeHelp(path)}";
    }

    private static string SeeHelp(string path) => $"`{path} --help` shows how it is used";

    private static string Names(Command command) => string.Join(", ", command.Subcommands.Select(sub => sub.Name));

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "dreamfarm";
}
