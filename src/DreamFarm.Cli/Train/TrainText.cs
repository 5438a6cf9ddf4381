using System.Globalization;
using DreamFarm.Cli.Progress;
using DreamFarm.Training;

namespace DreamFarm.Cli.Train;

/// <summary>How a training reads.</summary>
internal static class TrainText
{
    /// <summary>Such as <c>180 pictures of 3 classes (eyes 60, ferns 60, scales 60), 24 of them kept to measure on</c>.</summary>
    public static string Of(PictureFolder folder)
    {
        int[] counts = [.. folder.Training.CountByClass().Zip(folder.Validation.CountByClass(), (one, other) => one + other)];
        return Invariant($"{counts.Sum()} pictures of {counts.Length} classes ({List([.. folder.Classes.Zip(counts, (name, count) => Invariant($"{name} {count}"))])}), {folder.Validation.Count} of them kept to measure on");
    }

    /// <summary>Such as <c>epoch 12/152, loss 0.812, 91.2 % right, 87.5 % of those kept, 2:41 to go</c>.</summary>
    public static string Of(TrainingProgress progress, double epochs)
    {
        var parts = new List<string> { Invariant($"epoch {Math.Min(Math.Floor(progress.Epoch), epochs)}/{epochs}") };
        if (progress.Loss is { } loss)
            parts.Add(Invariant($"loss {loss:0.000}"));
        if (progress.Accuracy is { } accuracy)
            parts.Add($"{Percent(accuracy)} right");
        if (progress.ValidationAccuracy is { } measured)
            parts.Add($"{Percent(measured)} of those kept");
        if (progress.TimeLeft is { } left)
            parts.Add($"{ProgressText.Time(left.TotalSeconds)} to go");
        return string.Join(", ", parts);
    }

    /// <summary>Such as <c>91.2 %</c>.</summary>
    public static string Percent(double share) => Invariant($"{100 * share:0.0} %");

    /// <summary>The first names and how many more there are.</summary>
    public static string List(string[] names)
    {
        const int most = 12;
        return names.Length <= most ? string.Join(", ", names) : $"{string.Join(", ", names.Take(most))} and {names.Length - most} more";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
