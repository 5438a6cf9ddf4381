using System.CommandLine;
using DreamFarm.Cli.Settings;
using DreamFarm.Coordinator;

namespace DreamFarm.Cli.Servers;

/// <summary>The flags that bound what others may ask of a coordinator.</summary>
internal sealed class LimitFlags
{
    private readonly List<Limit> _limits = [];

    /// <summary>Adds the flags to a command.</summary>
    public LimitFlags(Command command)
    {
        var usual = new CoordinatorOptions();
        var calls = usual.Limits;
        Add("--max-upload-megabytes", 10_000_000, "the largest image file that is taken, millions of bytes", (int)(usual.MaxInputBytes / 1_000_000), (options, n) => options with { MaxInputBytes = n * 1_000_000L });
        Add("--max-image-megapixels", 1000, "the largest image that is taken, megapixels", (int)(usual.MaxInputPixels / 1_000_000), (options, n) => options with { MaxInputPixels = n * 1_000_000L });
        Add("--max-uploads", 1_000_000, "uploads at a time, of everybody", calls.Uploads, (options, n) => options with { Limits = options.Limits with { Uploads = n } });
        Add("--max-uploads-per-owner", 1_000_000, "uploads at a time, of one owner", calls.UploadsPerOwner, (options, n) => options with { Limits = options.Limits with { UploadsPerOwner = n } });
        Add("--max-upload-silence", 86_400, "an upload that sends nothing for so many seconds is ended", calls.UploadSilenceSeconds, (options, n) => options with { Limits = options.Limits with { UploadSilenceSeconds = n } });
        Add("--max-watches", 1_000_000, "jobs watched at a time, by everybody", calls.Watches, (options, n) => options with { Limits = options.Limits with { Watches = n } });
        Add("--max-watches-per-owner", 1_000_000, "jobs watched at a time, by one owner", calls.WatchesPerOwner, (options, n) => options with { Limits = options.Limits with { WatchesPerOwner = n } });
        Add("--max-requests-per-second", 1_000_000, "requests of one owner; for a moment twice as many", calls.RequestsPerSecond, (options, n) => options with { Limits = options.Limits with { RequestsPerSecond = n } });
        Add("--max-message-bytes", 64 << 20, "the longest message that is read", calls.MessageBytes, (options, n) => options with { Limits = options.Limits with { MessageBytes = n } }, minimum: 2 << 20);
        Add("--max-connections", 1_000_000, "connections at a time", calls.Connections, (options, n) => options with { Limits = options.Limits with { Connections = n } });
        Add("--max-calls-per-connection", 10_000, "calls at a time on one connection; more wait", calls.CallsPerConnection, (options, n) => options with { Limits = options.Limits with { CallsPerConnection = n } });
        Add("--max-asset-megabytes", 1_000_000, "the largest file of weights that is taken from a client, millions of bytes", (int)(usual.MaxAssetBytes / 1_000_000), (options, n) => options with { MaxAssetBytes = n * 1_000_000L });
        Add("--max-queued-jobs", int.MaxValue, "the most queued jobs that one owner may have; 0 is no limit", usual.MaxQueuedJobs, (options, n) => options with { MaxQueuedJobs = n }, minimum: 0);
        Add("--max-queued-megapixels", int.MaxValue, "the most megapixels that the canvases of one owner's unfinished jobs may have together; 0 is no limit", usual.MaxQueuedMegapixels, (options, n) => options with { MaxQueuedMegapixels = n }, minimum: 0);
        foreach (var limit in _limits)
            command.Add(limit.Setting.Option);
    }

    /// <summary>Options with these limits.</summary>
    /// <exception cref="UserException">A value makes no sense.</exception>
    public CoordinatorOptions Read(ParseResult parsed, CoordinatorOptions options)
    {
        foreach (var limit in _limits)
            options = limit.Set(options, limit.Setting.Value(parsed));
        return options;
    }

    private void Add(string flag, int maximum, string description, int usual, Func<CoordinatorOptions, int, CoordinatorOptions> set, int minimum = 1) =>
        _limits.Add(new Limit(new IntegerSetting(flag, "N", description, minimum, maximum, usual), set));

    private sealed record Limit(IntegerSetting Setting, Func<CoordinatorOptions, int, CoordinatorOptions> Set);
}
