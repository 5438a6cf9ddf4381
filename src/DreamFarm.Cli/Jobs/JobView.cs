using DreamFarm.Cli.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>A job as --json shows it.</summary>
internal sealed record JobView(
    string Id,
    string State,
    string? Message,
    string Owner,
    int Priority,
    string InputName,
    SizeView? InputSize,
    SizeView? CanvasSize,
    SizeView? OutputSize,
    DateTime? Submitted,
    DateTime? Started,
    DateTime? Finished,
    ProgressView? Progress,
    string? NumericsClass,
    CheckpointView? Checkpoint,
    SpecView Spec,
    IEnumerable<TransitionView>? History)
{
    /// <param name="history">Where it is shown with the job.</param>
    public static JobView Of(V1.Job job, IEnumerable<V1.JobTransition>? history = null) => new(
        job.Id,
        StateName(job.State),
        job.Message.Length > 0 ? job.Message : null,
        job.Owner,
        job.Priority,
        job.InputName,
        SizeView.Of(job.InputSize),
        SizeView.Of(job.OutputSize),
        SizeView.Of(job.ResultSize ?? job.OutputSize),
        job.Submitted?.ToDateTime(),
        job.Started?.ToDateTime(),
        job.Finished?.ToDateTime(),
        job.Progress is null ? null : ProgressView.Of(job.Progress),
        job.NumericsClass.Length > 0 ? job.NumericsClass : null,
        job.Checkpoint is null ? null : CheckpointView.Of(job.Checkpoint),
        SpecView.Of(job.Spec),
        history?.Select(TransitionView.Of));

    /// <summary>Such as <c>running</c>.</summary>
    public static string StateName(V1.JobState state) => state.ToString().ToLowerInvariant();
}

/// <summary>Where a job can go on from: after some steps of an octave, which counts from 0.</summary>
internal sealed record CheckpointView(int Octave, int Steps, DateTime? Time)
{
    public static CheckpointView Of(V1.Checkpoint checkpoint) => new(checkpoint.Octave, checkpoint.Steps, checkpoint.Time?.ToDateTime());
}

/// <summary>A change of a job's state.</summary>
internal sealed record TransitionView(DateTime? Time, string State, string Who, string? Why)
{
    public static TransitionView Of(V1.JobTransition transition) => new(
        transition.Time?.ToDateTime(),
        JobView.StateName(transition.State),
        transition.Who,
        transition.Why.Length > 0 ? transition.Why : null);
}

/// <summary>Pixels.</summary>
internal sealed record SizeView(int Width, int Height)
{
    public static SizeView? Of(V1.Size? size) => size is null ? null : new SizeView(size.Width, size.Height);

    /// <inheritdoc/>
    public override string ToString() => $"{Width}x{Height}";
}

/// <summary>Octave and step count from 0; -1 is before the first. Measuring: which channels the newest octave is to be dreamt with. The objective is the newest octave's, if its channels were chosen by what was on its canvas.</summary>
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
    int Workers,
    bool Measuring,
    string? Objective)
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
        progress.Workers,
        progress.Measuring,
        progress.Objective.Length > 0 ? progress.Objective : null);
}
