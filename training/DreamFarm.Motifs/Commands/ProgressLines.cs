using System.Globalization;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>A training's progress as a line now and then, which also a log can hold.</summary>
internal sealed class ProgressLines(TextWriter log, TimeProvider time) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(15);
    private long? _last;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (_last is { } last && time.GetElapsedTime(last) < _interval && value.Iteration < value.Iterations)
            return;
        _last = time.GetTimestamp();
        var learnt = value is { Loss: { } loss, Accuracy: { } share } ? Invariant($": loss {loss:F3}, accuracy {share:P1}") : "";
        var measured = value.ValidationAccuracy is { } accuracy ? Invariant($", validation {accuracy:P1}") : "";
        var left = value.TimeLeft is { } span && span > TimeSpan.Zero ? Invariant($", {span:h\\:mm\\:ss} left") : "";
        log.WriteLine(Invariant($"{value.Iteration} of {value.Iterations}, epoch {value.Epoch:F2}{learnt}{measured}{left}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
