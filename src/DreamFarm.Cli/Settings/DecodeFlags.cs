using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Coordinator;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Settings;

/// <summary>The flags that say what decoding an image may take.</summary>
internal sealed class DecodeFlags
{
    // A decoder that does nothing takes some 100 MB.
    private static readonly IntegerField Megabytes = new("--decode-memory", 256, 1 << 20, "MB");
    private static readonly IntegerField Seconds = new("--decode-seconds", 1, 86400, "seconds");

    private readonly Setting _memory = new("--decode-memory", "MB", "the most memory that decoding one image may take", "2048");
    private readonly Setting _seconds = new("--decode-seconds", "N", "the most time that decoding one image may take", "300");

    /// <summary>Adds the flags to a command.</summary>
    public DecodeFlags(Command command)
    {
        command.Add(_memory.Option);
        command.Add(_seconds.Option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    public CoordinatorOptions Read(ParseResult parsed, CoordinatorOptions options) => options with
    {
        DecodeMemoryBytes = (long)Number(_memory, Megabytes, parsed) << 20,
        DecodeLimit = TimeSpan.FromSeconds(Number(_seconds, Seconds, parsed)),
    };

    private static int Number(Setting setting, IntegerField field, ParseResult parsed) =>
        field.TryParse(setting.Value(parsed)!, out int value, out string? problem) ? value : throw new UserException(problem);
}
