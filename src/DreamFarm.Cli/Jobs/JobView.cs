using DreamFarm.Cli.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>A job as --json shows it.</summary>
internal sealed record JobView(
    string Id,
    string State,
    string? Message,
    string InputName,
    SizeView? InputSize,
    SizeView? OutputSize,
    DateTime? Submitted,
    DateTime? Started,
    DateTime? Finished,
    ProgressView? Progress,
    string? NumericsClass,
    SpecView Spec)
{
    public static JobView Of(V1.Job job) => new(
        job.Id,
        StateName(job.State),
        job.Message.Length > 0 ? job.Message : null,
        job.InputName,
        SizeView.Of(job.InputSize),
        SizeView.Of(job.OutputSize),
        job.Submitted?.ToDateTime(),
        job.Started?.ToDateTime(),
        job.Finished?.ToDateTime(),
        job.Progress is null ? null : ProgressView.Of(job.Progress),
        job.NumericsClass.Length > 0 ? job.NumericsClass : null,
        SpecView.Of(job.Spec));

    /// <summary>Such as <c>running</c>.</summary>
    public static string StateName(V1.JobState state) => state.ToString().ToLowerInvariant();
}

/// <summary>Pixels.</summary>
internal sealed record SizeView(int Width, int Height)
{
    public static SizeView? Of(V1.Size? size) => size is null ? null : new SizeView(size.Width, size.Height);

    /// <inheritdoc/>
    public override string ToString() => $"{Width}x{Height}";
}

/// <summary>Octave and step count from 0; -1 is before the first.</summary>
internal sealed record ProgressView(
    int Octave,
    int Octaves,
    int Step,
    int Steps,
    SizeView? OctaveSize,
    double? Loss,
    double MegapixelsPerSecond,
    double Fraction,
    double? EtaSeconds,
    int Workers)
{
    public static ProgressView Of(V1.Progress progress) => new(
        progress.Octave,
        progress.Octaves,
        progress.Step,
        progress.Steps,
        SizeView.Of(progress.OctaveSize),
        progress.HasLoss && double.IsFinite(progress.Loss) ? progress.Loss : null,
        progress.MegapixelsPerSecond,
        progress.Fraction,
        progress.HasEtaSeconds ? progress.EtaSeconds : null,
        progress.Workers);
}
