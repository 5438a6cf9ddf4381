using System.Globalization;
using DreamFarm.Cli.Listings;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>Jobs as a table, with the columns that tell them apart: who owns them only if there are several owners.</summary>
internal static class JobTable
{
    public static void Write(IReadOnlyList<V1.Job> jobs)
    {
        (string Name, bool Shown, Func<V1.Job, string> Cell)[] columns =
        [
            ("ID", true, job => job.Id),
            ("STATE", true, job => JobView.StateName(job.State)),
            ("DONE", true, Percent),
            ("OWNER", jobs.DistinctBy(job => job.Owner).Skip(1).Any(), job => job.Owner),
            ("PRIORITY", jobs.Any(job => job.Priority != 0), job => job.Priority.ToString(CultureInfo.InvariantCulture)),
            ("SIZE", true, job => SizeView.Of(job.ResultSize ?? job.OutputSize)?.ToString() ?? ""),
            ("NETWORK", true, job => job.Spec.Network),
            ("INPUT", true, job => job.InputName),
            ("MESSAGE", true, job => job.Message),
        ];
        var shown = columns.Where(column => column.Shown).ToArray();
        Listing.WriteTable([.. shown.Select(column => column.Name)], jobs.Select(job => shown.Select(column => column.Cell(job)).ToArray()));
    }

    /// <summary>How much of its work is done; empty before it began.</summary>
    public static string Percent(V1.Job job) =>
        job.State == V1.JobState.Done ? "100%" : job.Progress is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * job.Progress.Fraction):0}%");
}
