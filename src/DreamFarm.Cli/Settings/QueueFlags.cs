using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Coordinator;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Settings;

/// <summary>The flags that say how many jobs a coordinator runs at once.</summary>
internal sealed class QueueFlags
{
    private static readonly IntegerField JobsAtOnce = new("--jobs-at-once", 1, 100);
    private static readonly IntegerField Megapixels = new("--running-megapixels", 1, 1_000_000);

    private readonly Setting _atOnce = new(JobsAtOnce.Flag, "N", "jobs that run at once", new CoordinatorOptions().JobsAtOnce.ToString(CultureInfo.InvariantCulture));
    private readonly Setting _megapixels = new(Megapixels.Flag, "N",
        "megapixels of canvas that running jobs have together, at 16 bytes a pixel: what fits half of the memory unless told otherwise; a larger job runs alone");

    /// <summary>Adds the flags to a command.</summary>
    public QueueFlags(Command command)
    {
        command.Add(_atOnce.Option);
        command.Add(_megapixels.Option);
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    public CoordinatorOptions Into(CoordinatorOptions options, ParseResult parsed) => options with
    {
        JobsAtOnce = Read(JobsAtOnce, _atOnce.Value(parsed)!),
        RunningMegapixels = _megapixels.Value(parsed) is { } most ? Read(Megapixels, most) : options.RunningMegapixels,
    };

    private static int Read(IntegerField field, string text) => field.TryParse(text, out int value, out string? problem) ? value : throw new UserException(problem);
}
