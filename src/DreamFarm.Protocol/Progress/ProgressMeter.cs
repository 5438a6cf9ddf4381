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

    /// <summary>An octave's channels are measured before its first step, or have been.</summary>
    public V1.Progress Measuring(Octave octave, bool measuring)
    {
        var progress = At(octave, step: -1);
        progress.Measuring = measuring;
        return progress;
    }

    /// <summary>Counts a step.</summary>
    public V1.Progress Stepped(StepReport step)
    {
        _done += step.Octave.Size.Pixels;
        var progress = At(step.Octave, step.Step);
        progress.Loss = step.Loss;
        return progress;
    }

    private V1.Progress At(Octave octave, int step)
    {
        long now = time.GetTimestamp();
        _marks.Enqueue((now, _done));
        while (_marks.Count > 2 && time.GetElapsedTime(_marks.Peek().When, now) > Lately)
            _marks.Dequeue();

        var (since, doneThen) = _marks.Peek();
        double seconds = time.GetElapsedTime(since, now).TotalSeconds;
        double pixelsPerSecond = seconds > 0 ? (_done - doneThen) / seconds : 0;
        var progress = new V1.Progress
        {
            Octave = octave.Index,
            Octaves = plan.Octaves.Count,
            Step = step,
            Steps = plan.Spec.Steps,
            OctaveSize = new V1.Size { Width = octave.Size.Width, Height = octave.Size.Height },
            MegapixelsPerSecond = pixelsPerSecond / 1e6,
            Fraction = (double)_done / plan.PixelSteps,
        };
        if (pixelsPerSecond > 0)
            progress.EtaSeconds = (plan.PixelSteps - _done) / pixelsPerSecond;
        return progress;
    }
}
