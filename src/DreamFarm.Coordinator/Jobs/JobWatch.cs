using DreamFarm.Dreaming;
using DreamFarm.Imaging;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Looks at a running job's bands now and then, and after every step, and publishes what it sees: progress, speed, why it
/// waits, and previews while somebody wants them.
/// </summary>
/// <param name="takeClass">Has the numerics class that the workers have shown written down.</param>
internal sealed class JobWatch(JobFeed feed, Plan plan, Position from, GrainCanvas canvas, Func<string, Task> takeClass, TimeProvider time, ILogger<JobGrain> log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan PreviewPeriod = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Speed _speed = new(time);
    private readonly Dictionary<int, (int Octave, int Step)> _drawn = [];
    private Octave? _octave = from == default ? null : plan.Octaves[from.Octave];
    private int _step = from.Steps - 1;
    private double? _loss;
    private long _pixelsBefore = plan.PixelStepsBefore(from);
    private long _pixelsInStep;
    private int _workers;
    private string _waiting = "";
    private string _objective = "";
    private bool _measuring;
    private long? _lastPreview;

    /// <summary>An octave begins.</summary>
    public void Opened(Octave octave)
    {
        log.OctaveBegins(feed.Record.Id, octave.Index + 1, plan.Octaves.Count, octave.Size.ToString(), octave.Bands);
        lock (_lock)
            (_octave, _step, _objective) = (octave, -1, "");
        Publish();
    }

    /// <summary>The octave's channels are measured from now on, or not any more.</summary>
    public void Measuring(bool measuring)
    {
        lock (_lock)
            _measuring = measuring;
        Publish();
    }

    /// <summary>An octave's objective has been chosen.</summary>
    public void Chosen(Octave octave, string objective)
    {
        log.Chosen(feed.Record.Id, octave.Index + 1, objective);
        lock (_lock)
            _objective = objective;
        Publish();
    }

    /// <summary>A step is finished.</summary>
    public void Stepped(StepReport report)
    {
        lock (_lock)
        {
            _step = report.Step;
            _loss = report.Loss;
            _pixelsBefore += report.Octave.Size.Pixels;
            _pixelsInStep = 0;
        }
        Publish();
    }

    /// <summary>Looks until cancelled.</summary>
    /// <exception cref="JobProblem">A band was lost: the job cannot go on.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Publish();
        while (true)
        {
            await Task.Delay(Period, time, cancellation);
            await LookAsync();
            if (canvas.Newest is { } octave)
                await DrawAsync(octave);
        }
    }

    /// <summary>Asks the bands how they stand, and publishes it.</summary>
    /// <exception cref="JobProblem">A band was lost.</exception>
    public async Task LookAsync()
    {
        if (canvas.Newest is not { } octave)
            return;
        IReadOnlyList<BandStatus> bands;
        try
        {
            bands = await canvas.StatusAsync();
        }
        catch (Exception e)
        {
            // A band that does not answer in time is asked again; the job does not depend on it.
            log.NoStatus(e, feed.Record.Id);
            return;
        }
        // The octave may have changed meanwhile, and its bands been released.
        if (canvas.Newest != octave)
            return;
        if (bands.Any(band => !band.Holds))
            throw new JobProblem("a part of the canvas was lost with the process that held it");
        await TakeAsync(octave, bands);
    }

    private async Task TakeAsync(Octave octave, IReadOnlyList<BandStatus> bands)
    {
        // While one silo has work for the job there is nothing to wait for.
        string waiting = bands.All(band => band.Waiting is not null) ? bands[0].Waiting! : "";
        if (waiting.Length > 0 && waiting != _waiting)
            log.Waits(feed.Record.Id, waiting);
        lock (_lock)
        {
            _waiting = waiting;
            _workers = bands.Max(band => band.Workers);
            // Bands that have reported still show the finished step until the next one begins.
            long pixels = bands.Sum(band => band.PixelsDone);
            _pixelsInStep = pixels < octave.Size.Pixels ? pixels : 0;
        }
        string taken = bands.Select(band => band.NumericsClass).FirstOrDefault(name => name.Length > 0) ?? "";
        if (taken.Length > 0 && taken != feed.Record.NumericsClass && !feed.Record.Spec.Mixed)
            await TakeClassAsync(taken);
        Publish();
    }

    private async Task TakeClassAsync(string taken)
    {
        try
        {
            await takeClass(taken);
        }
        catch (Exception e)
        {
            // The store may be away for a while: the next look tries again.
            log.ClassNotTaken(e, feed.Record.Id);
        }
    }

    private void Publish()
    {
        lock (_lock)
        {
            long done = _pixelsBefore + _pixelsInStep;
            double rate = _speed.At(done);
            var progress = new V1.Progress
            {
                Octave = _octave?.Index ?? -1,
                Octaves = plan.Octaves.Count,
                Step = _step,
                Steps = plan.Spec.Steps,
                OctaveSize = _octave is null ? null : new V1.Size { Width = _octave.Size.Width, Height = _octave.Size.Height },
                MegapixelsPerSecond = rate / 1e6,
                Fraction = (double)done / plan.PixelSteps,
                Workers = _workers,
                Objective = _objective,
                Measuring = _measuring,
            };
            if (_loss is { } loss)
                progress.Loss = loss;
            if (rate > 0 && _waiting.Length == 0)
                progress.EtaSeconds = (plan.PixelSteps - done) / rate;
            feed.Set(progress, _waiting);
        }
    }

    private async Task DrawAsync(Octave octave)
    {
        if (_lastPreview is { } last && time.GetElapsedTime(last) < PreviewPeriod)
            return;
        int step;
        lock (_lock)
            step = _step;
        // An octave's first picture is that of its first step.
        if (step < 0)
            return;
        foreach (int side in feed.Wishes.Now())
        {
            if (_drawn.TryGetValue(side, out var drawn) && drawn == (octave.Index, step))
                continue;
            _lastPreview = time.GetTimestamp();
            try
            {
                double scale = Math.Min(1, (double)side / Math.Max(octave.Size.Height, octave.Size.Width));
                int height = Math.Max(1, (int)(octave.Size.Height * scale)), width = Math.Max(1, (int)(octave.Size.Width * scale));
                byte[] picture = await canvas.PreviewAsync(octave, height, width);
                var jpeg = UnsafeByteOperations.UnsafeWrap(ImageWriter.EncodeJpeg(picture, width, height));
                feed.SetPreview(side, new V1.Preview { Octave = octave.Index, Step = step, Jpeg = jpeg });
                _drawn[side] = (octave.Index, step);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The octave's bands may just have been released; the next look draws the new ones.
                if (canvas.Newest == octave)
                    log.NoPreview(e, feed.Record.Id);
            }
        }
    }
}
