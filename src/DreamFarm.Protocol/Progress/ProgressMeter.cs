using DreamFarm.Dreaming;

namespace DreamFarm.Protocol.Progress;

/// <summary>Turns finished steps into what people want to know: how far, how fast, how long still. For one thread at a time.</summary>
public sealed class ProgressMeter(Plan plan, TimeProvider time)
{
    /// <summary>"Lately" is this long, so that an estimate follows the machine without jumping at every step.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(20);

    private readonly Queue<(long When, long Done)> _marks = new([(time.GetTimestamp(), 0)]);
    private long _done;

    /// <summary>Before the first step.</summary>
    public V1.Progress Start() => new() { Octave = -1, Octaves = plan.Octaves.Count, Step = -1, Steps = plan.Spec.Steps };

    /// <summary>Counts a step.</summary>
    public V1.Progress Stepped(StepReport step)
    {
        _done += step.Octave.Size.Pixels;
        long now = time.GetTimestamp();
        _marks.Enqueue((now, _done));
        while (_marks.Count > 2 && time.GetElapsedTime(_marks.Peek().When, now) > Lately)
            _marks.Dequeue();

        var (since, doneThen) = _marks.Peek();
        double seconds = time.GetElapsedTime(since, now).TotalSeconds;
        double pixelsPerSecond = seconds > 0 ? (_done - doneThen) / seconds : 0;
        var progress = new V1.Progress
        {
            Octave = step.Octave.Index,
            Octaves = plan.Octaves.Count,
            Step = step.Step,
            Steps = plan.Spec.Steps,
            OctaveSize = new V1.Size { Width = step.Octave.Size.Width, Height = step.Octave.Size.Height },
            Loss = step.Loss,
            MegapixelsPerSecond = pixelsPerSecond / 1e6,
            Fraction = (double)_done / plan.PixelSteps,
        };
        if (pixelsPerSecond > 0)
            progress.EtaSeconds = (plan.PixelSteps - _done) / pixelsPerSecond;
        return progress;
    }
}
