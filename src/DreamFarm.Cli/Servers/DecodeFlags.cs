using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Coordinator;

namespace DreamFarm.Cli.Servers;

/// <summary>The flags that say what decoding an image may take.</summary>
internal sealed class DecodeFlags
{
    private readonly IntegerSetting _memory, _seconds;

    /// <summary>Adds the flags to a command.</summary>
    public DecodeFlags(Command command)
    {
        var usual = new CoordinatorOptions();
        // A decoder that does nothing takes some 100 MB.
        _memory = new IntegerSetting("--decode-memory", "MB", "the most memory that decoding one image may take", 256, 1 << 20, (int)(usual.DecodeMemoryBytes >> 20), "MB");
        _seconds = new IntegerSetting("--decode-seconds", "N", "the most time that decoding one image may take", 1, 86_400, (int)usual.DecodeLimit.TotalSeconds, "seconds");
        command.Add(_memory.Option);
        command.Add(_seconds.Option);
    }

    /// <summary>Options with these.</summary>
    /// <exception cref="UserException">A value makes no sense.</exception>
    public CoordinatorOptions Read(ParseResult parsed, CoordinatorOptions options) => options with
    {
        DecodeMemoryBytes = (long)_memory.Value(parsed) << 20,
        DecodeLimit = TimeSpan.FromSeconds(_seconds.Value(parsed)),
    };
}
