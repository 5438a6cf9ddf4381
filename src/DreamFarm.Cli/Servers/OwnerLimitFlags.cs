using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Coordinator;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Servers;

/// <summary>The flags that say how much of a coordinator one owner may take.</summary>
internal sealed class OwnerLimitFlags
{
    private readonly Setting _jobs = new("--max-queued-jobs", "N", "the most queued jobs that one owner may have; 0 is no limit", $"{CoordinatorOptions.DefaultMaxQueuedJobs}");
    private readonly Setting _megapixels = new("--max-queued-megapixels", "N",
        "the most megapixels that the canvases of one owner's unfinished jobs may have together; 0 is no limit", $"{CoordinatorOptions.DefaultMaxQueuedMegapixels}");

    /// <summary>Adds the flags to a command.</summary>
    public OwnerLimitFlags(Command command)
    {
        command.Add(_jobs.Option);
        command.Add(_megapixels.Option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    public CoordinatorOptions Read(ParseResult parsed, CoordinatorOptions options) =>
        options with { MaxQueuedJobs = Count(_jobs, parsed), MaxQueuedMegapixels = Count(_megapixels, parsed) };

    private static int Count(Setting setting, ParseResult parsed) =>
        new IntegerField(setting.Option.Name, 0, int.MaxValue).TryParse(setting.Value(parsed)!, out int count, out string? problem) ? count : throw new UserException(problem);
}
