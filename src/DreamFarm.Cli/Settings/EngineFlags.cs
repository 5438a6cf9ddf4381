using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Engine;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Settings;

/// <summary>The flags that say where and how widely an engine computes.</summary>
internal sealed class EngineFlags
{
    private static readonly IntegerField LaneCount = new("--lanes", 1, 1024);

    private readonly Setting _device = new("--device", "cpu|cuda:N", "where to compute", "cpu");
    private readonly Setting _lanes = new("--lanes", "N", "windows computed at a time: one for each processor unless told otherwise, one on a GPU");

    /// <summary>Adds the flags to a command.</summary>
    public EngineFlags(Command command)
    {
        command.Add(_device.Option);
        command.Add(_lanes.Option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    public EngineOptions Read(ParseResult parsed)
    {
        var options = new EngineOptions { Device = _device.Value(parsed)! };
        if (_lanes.Value(parsed) is not { } text)
            return options;
        return LaneCount.TryParse(text, out int count, out string? problem) ? options with { Lanes = count } : throw new UserException(problem);
    }
}
