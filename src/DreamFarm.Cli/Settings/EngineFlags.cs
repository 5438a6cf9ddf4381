using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Engine;

namespace DreamFarm.Cli.Settings;

/// <summary>The flags that say where and how widely an engine computes.</summary>
internal sealed class EngineFlags
{
    private readonly Setting _device = new("--device", "cpu|cuda:N", "where to compute", "cpu");
    private readonly IntegerSetting _lanes = new("--lanes", "N", "windows computed at a time, on a GPU batches of up to 16 windows: one for each processor unless told otherwise, one on a GPU", 1, 1024);

    private readonly Setting _pin = new("--pin", "auto|on|off", "whether each lane keeps to a processor of its own; auto: if there is a lane for every processor", "auto");

    private readonly Setting _precision = new("--precision", "float32|tf32|float16|bfloat16", "the network's arithmetic; less is faster where the device has it, and another numerics class", "float32");

    /// <summary>Adds the flags to a command.</summary>
    public EngineFlags(Command command)
    {
        command.Add(_device.Option);
        command.Add(_lanes.Option);
        command.Add(_pin.Option);
        command.Add(_precision.Option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    public EngineOptions Read(ParseResult parsed)
    {
        var options = new EngineOptions { Device = _device.Value(parsed)!, Pinning = ReadPinning(parsed), Precision = ReadPrecision(parsed) };
        return _lanes.Find(parsed) is { } lanes ? options with { Lanes = lanes } : options;
    }

    private Pinning ReadPinning(ParseResult parsed) => _pin.Value(parsed) switch
    {
        "auto" => Pinning.Automatic,
        "on" => Pinning.On,
        "off" => Pinning.Off,
        var other => throw new UserException($"--pin \"{other}\" is not known; it can be auto, on or off."),
    };

    private EnginePrecision ReadPrecision(ParseResult parsed) => _precision.Value(parsed) switch
    {
        "float32" => EnginePrecision.Float32,
        "tf32" => EnginePrecision.Tf32,
        "float16" => EnginePrecision.Float16,
        "bfloat16" => EnginePrecision.BFloat16,
        var other => throw new UserException($"--precision \"{other}\" is not known; it can be float32, tf32, float16 or bfloat16."),
    };
}
