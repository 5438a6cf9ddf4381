using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Coordinator;

namespace DreamFarm.Cli.Servers;

/// <summary>The flags that say how a coordinator runs jobs: how many at once, and how often it keeps them.</summary>
internal sealed class JobFlags
{
    private readonly IntegerSetting _atOnce, _megapixels, _checkpoint;

    /// <summary>Adds the flags to a command.</summary>
    public JobFlags(Command command)
    {
        var usual = new CoordinatorOptions();
        _atOnce = new IntegerSetting("--jobs-at-once", "N", "jobs that run at once", 1, 100, usual.JobsAtOnce);
        _megapixels = new IntegerSetting("--running-megapixels", "N",
            "megapixels of canvas that running jobs have together, at 16 bytes a pixel: what fits half of the memory unless told otherwise; a larger job runs alone", 1, 1_000_000);
        _checkpoint = new IntegerSetting("--checkpoint-seconds", "N",
            "how often a running job's canvas is kept, besides at each octave's end, seconds", 1, 86_400, (int)usual.CheckpointPeriod.TotalSeconds, "seconds");
        command.Add(_atOnce.Option);
        command.Add(_megapixels.Option);
        command.Add(_checkpoint.Option);
    }

    /// <summary>Options with these.</summary>
    /// <exception cref="UserException">A value makes no sense.</exception>
    public CoordinatorOptions Read(ParseResult parsed, CoordinatorOptions options) => options with
    {
        JobsAtOnce = _atOnce.Value(parsed),
        RunningMegapixels = _megapixels.Find(parsed) ?? options.RunningMegapixels,
        CheckpointPeriod = TimeSpan.FromSeconds(_checkpoint.Value(parsed)),
    };
}
