using DreamFarm.Dreaming;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// Hosts a <see cref="CanvasBand"/>. Its turns only start work, copy slices and answer; merging, measuring, ascending and
/// opening run on the thread pool. What is started by one call is over before the next one comes, but for the writing of a
/// checkpoint: it goes on beside the gradient, which changes no pixel, and the ascent, which changes all, waits for it.
/// </summary>
[KeepAlive]
internal sealed class BandGrain(JobSites sites, JobFiles files, IGrainFactory grains, JobRuns runs, TimeProvider time, ILogger<BandGrain> log)
    : Grain, IBandGrain
{
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(runs.Ended);
    private BandKey _key;
    private JobSite? _site;
    private CanvasBand? _band;
    private CountedGradients? _gradients;
    private GrainNeighbours? _neighbours;
    private Task _work = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;

    private CanvasBand Band => _band ?? throw new InvalidOperationException($"band {_key} holds no pixels");

    private JobCheckpoints Checkpoints => new(files, _key.Job);

    private JobSite Site => _site ?? throw new InvalidOperationException($"band {_key} belongs to no running job");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = BandKey.Parse(this.GetPrimaryKeyString());
        IdleGrain.Watch(this, () => _site is null, log);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await LetGoAsync();
        _stop.Dispose();
    }

    public async Task OpenAsync(BandOrder order)
    {
        await EnterAsync(order);
        var before = _key.Octave == 0 ? null : GrainNeighbours.Of(grains, _key.Job, Site.Plan.Octaves[_key.Octave - 1]);
        Start(BandEvent.Opened, 0, async stop =>
        {
            await sites.Opening.WaitAsync(stop);
            try
            {
                _band = new CanvasBand(Site.Plan, Site.Original, _key.Octave, _key.Band);
                await _band.OpenAsync(
                    (first, rows, destination, cancel) => before!.ReadFinishedAsync(Site.Plan.Spec.Steps, first, rows, destination, cancel), stop);
            }
            finally
            {
                sites.Opening.Release();
            }
            return null;
        });
    }

    public async Task LoadAsync(BandOrder order, int steps, uint checksum)
    {
        await EnterAsync(order);
        var position = new Position(_key.Octave, steps);
        string path = Checkpoints.Part(position, _key.Band);
        Start(BandEvent.Loaded, steps, async stop =>
        {
            _band = new CanvasBand(Site.Plan, Site.Original, _key.Octave, _key.Band);
            await AtTheDiskAsync(() => _band.Load(steps, rows => CheckpointPart.Read(path, position, _key.Band, checksum, rows, stop)), stop);
            return null;
        });
    }

    public Task SumChannelsAsync(string[] layers, string? trace)
    {
        StartNews(BandEvent.Summed, 0, async stop =>
        {
            using var span = Spans.Continue(trace, "sums")?.SetTag("dreamfarm.band", _key.Band + 1);
            double[] sums = await Band.SumChannelsAsync(Site.Measured(layers), Site.Dispatch, _neighbours!, stop);
            return BandNews.Done(BandEvent.Summed, _key.Octave, _key.Band, 0) with { Sums = sums };
        });
        return Task.CompletedTask;
    }

    public Task GradientAsync(int step, string objective, string? trace)
    {
        _gradients = new CountedGradients(Site.Dispatch);
        Start(BandEvent.Gradient, step, async stop =>
        {
            using var span = Spans.Continue(trace, "gradient")?.SetTag("dreamfarm.band", _key.Band + 1);
            return await Band.GradientAsync(objective, _gradients, _neighbours!, stop);
        });
        return Task.CompletedTask;
    }

    public Task MeasureAsync(int step, double[] levels, string? trace)
    {
        Start(levels.Length == 0 ? BandEvent.Measured : BandEvent.MeasuredAgain, step, async stop =>
        {
            using var span = Spans.Continue(trace, "measure")?.SetTag("dreamfarm.band", _key.Band + 1);
            return await Band.MeasureAsync(step, new StepScales(levels, 0), _neighbours!, stop);
        });
        return Task.CompletedTask;
    }

    public Task AscendAsync(int step, double[] levels, double gradient)
    {
        Start(BandEvent.Ascended, step, async stop =>
        {
            await _keeping.WaitAsync(stop);
            await Band.AscendAsync(step, new StepScales(levels, gradient));
            return null;
        });
        return Task.CompletedTask;
    }

    public Task KeepAsync(int steps)
    {
        if (!_keeping.IsCompleted || Band.Step != steps)
            throw new InvalidOperationException($"band {_key} at step {Band.Step} was told to keep step {steps}, or told twice");
        var position = new Position(_key.Octave, steps);
        int width = Site.Plan.Octaves[_key.Octave].Size.Width;
        string path = Checkpoints.Part(position, _key.Band);
        _keeping = RunAsync(BandEvent.Kept, steps, async stop =>
        {
            var (bytes, checksum) = (0L, 0u);
            await AtTheDiskAsync(() =>
            {
                Checkpoints.Prepare(position);
                (bytes, checksum) = CheckpointPart.Write(path, position, Band, width, stop);
            }, stop);
            return BandNews.Done(BandEvent.Kept, _key.Octave, _key.Band, steps) with { Kept = new KeptRows(bytes, checksum, Site.Dispatch.NumericsClass ?? "") };
        });
        return Task.CompletedTask;
    }

    public Task WriteAsync()
    {
        string path = files.UnfinishedCanvas(_key.Job);
        var octave = Site.Plan.Octaves[_key.Octave];
        Start(BandEvent.Written, 0, async stop =>
        {
            using var canvas = CanvasFile.OpenToWrite(path, octave.Size);
            await canvas.WriteAsync(Band, stop);
            return null;
        });
        return Task.CompletedTask;
    }

    public async Task ReleaseAsync()
    {
        await _stop.CancelAsync();
        _ = FinishAsync();

        // After the call: what runs now may take a while to stop.
        async Task FinishAsync()
        {
            await LetGoAsync();
            DeactivateOnIdle();
            await TellAsync(BandNews.Done(BandEvent.Released, _key.Octave, _key.Band, 0));
        }
    }

    public Task<PixelSlice> ReadAsync(int step, int top, int left, int height, int width)
    {
        var slice = PixelSlice.Rent(height, width);
        Band.Read(step, new Rectangle(top, left, height, width), new Placement(slice.As<short>(), width, 0, 1, 0, false));
        return Task.FromResult(slice);
    }

    public Task<PixelSlice> ReadGradientAsync(int step, int top, int left, int height, int width)
    {
        var slice = PixelSlice.Rent(height, 2 * width);
        Band.ReadGradient(step, new Rectangle(top, left, height, width), slice.Span<float>());
        return Task.FromResult(slice);
    }

    public Task TakeAsync(int step, HandedRows slice)
    {
        Band.Take(step, new CoreRows(slice.TileRow, slice.TileColumn, slice.Exponent, slice.Top, slice.Rows, slice.Values.As<Half>()));
        return Task.CompletedTask;
    }

    public Task<BandStatus> StatusAsync() => Task.FromResult(new BandStatus(
        _site is not null,
        _gradients?.Pixels ?? 0,
        _site?.Dispatch.Waiting,
        _site?.Dispatch.NumericsClass ?? "",
        _site?.Dispatch.Workers ?? 0));

    public Task<PreviewRows> PreviewAsync(int height, int width) => Task.FromResult(PreviewRows.Of(Band, Site.Plan.Octaves[_key.Octave].Size, height, width));

    /// <summary>The band belongs to this job from now on.</summary>
    private async Task EnterAsync(BandOrder order)
    {
        // Told late to let go, by an earlier run: what is started here now would end without a word.
        if (_stop.IsCancellationRequested)
            throw new TimeoutException($"band {_key} is still letting go of its pixels");
        _site ??= await sites.OpenAsync(order);
        _neighbours = GrainNeighbours.Of(grains, _key.Job, Site.Plan.Octaves[_key.Octave]);
    }

    /// <summary>Starts work on the thread pool; the job's grain hears when it is done.</summary>
    private void Start(BandEvent what, int step, Func<CancellationToken, Task<BandReport?>> work) =>
        StartNews(what, step, async stop => BandNews.Done(what, _key.Octave, _key.Band, step, await work(stop)));

    /// <summary>The same, where the work says itself what is to be heard.</summary>
    private void StartNews(BandEvent what, int step, Func<CancellationToken, Task<BandNews>> work)
    {
        if (!_work.IsCompleted)
            throw new InvalidOperationException($"band {_key} was told to start {what} of step {step} while it was at work");
        _work = RunAsync(what, step, work);
    }

    private async Task RunAsync(BandEvent what, int step, Func<CancellationToken, Task<BandNews>> work)
    {
        using var scope = log.BeginScope(new WorkScope(_key.Job, _key.Octave + 1, what is BandEvent.Gradient or BandEvent.Measured or BandEvent.MeasuredAgain or BandEvent.Ascended ? step + 1 : null));
        BandNews news;
        try
        {
            var stop = _stop.Token;
            news = await Task.Run(() => work(stop), stop);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            string sentence = JobProblem.Sentence(e, out bool isBug);
            if (isBug)
                log.BandFailed(e, _key.Job, _key.Octave + 1, _key.Band + 1);
            news = BandNews.Failed(what, _key.Octave, _key.Band, step, sentence);
        }
        // Not awaited here: the band is free for the next call as soon as the job's grain has the news.
        _ = TellAsync(news);
    }

    /// <summary>Runs what waits for the disk, on a thread of its own: those of the pool have gradients to merge.</summary>
    private async Task AtTheDiskAsync(Action work, CancellationToken stop)
    {
        await sites.Keeping.WaitAsync(stop);
        try
        {
            await Task.Factory.StartNew(work, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            sites.Keeping.Release();
        }
    }

    /// <summary>Tells until the job has heard it, which would wait for ever otherwise, or wants the band no more.</summary>
    private async Task TellAsync(BandNews news)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<IJobGrain>(_key.Job).ReportAsync(news);
                return;
            }
            catch (Exception e)
            {
                log.BandNotHeard(e, _key.Job, _key.Octave + 1, _key.Band + 1, news.Event);
            }
            if (_stop.IsCancellationRequested)
                return;
            await Task.Delay(TellAgain, time, CancellationToken.None);
        }
    }

    private async Task LetGoAsync()
    {
        await _stop.CancelAsync();
        await _work;
        await _keeping;
        _band?.Dispose();
        _band = null;
        if (_site is not null)
        {
            _site = null;
            await sites.CloseAsync(_key.Job);
        }
    }
}
