using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Engine;

namespace DreamFarm.Cli.Settings;

/// <summary>The flags that say where and how widely an engine computes.</summary>
internal sealed class EngineFlags
{
    private readonly Setting _device = new("--device", "cpu|cuda:N", "where to compute", "cpu");
    private readonly IntegerSetting _lanes = new("--lanes", "N", "windows computed at a time: one for each processor unless told otherwise, one on a GPU", 1, 1024);

    private readonly Setting _pin = new("--pin", "auto|on|off", "whether each lane keeps to a processor of its own; auto: if there is a lane for every processor", "auto");

    /// <summary>Adds the flags to a command.</summary>
    public EngineFlags(Command command)
    {
        command.Add(_device.Option);
        command.Add(_lanes.Option);
        command.Add(_pin.Option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    public EngineOptions Read(ParseResult parsed)
    {
        var options = new EngineOptions { Device = _device.Value(parsed)!, Pinning = ReadPinning(parsed) };
        return _lanes.Find(parsed) is { } lanes ? options with { Lanes = lanes } : options;
    }

    private Pinning ReadPinning(ParseResult parsed) => _pin.Value(parsed) switch
    {
        "auto" => Pinning.Automatic,
        "on" => Pinning.On,
        "off" => Pinning.Off,
        var other => throw new UserException($"--pin \"{other}\" is not known; it can be auto, on or off."),
    };
}
