using DreamFarm.Dreaming;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace DreamFarm.Coordinator;

/// <summary>
/// Hosts a <see cref="CanvasBand"/>. Its turns only start work, copy slices and answer; merging, measuring, ascending and
/// opening run on the thread pool. What is started by one call is over before the next one comes.
/// </summary>
internal sealed class BandGrain(JobSites sites, JobFiles files, IGrainFactory grains, TimeProvider time, IHostApplicationLifetime host, ILogger<BandGrain> log)
    : Grain, IBandGrain
{
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping);
    private BandKey _key;
    private JobSite? _site;
    private CanvasBand? _band;
    private CountedGradients? _gradients;
    private GrainNeighbours? _neighbours;
    private Task _work = Task.CompletedTask;

    private CanvasBand Band => _band ?? throw new InvalidOperationException($"band {_key} holds no pixels");

    private JobSite Site => _site ?? throw new InvalidOperationException($"band {_key} belongs to no running job");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = BandKey.Parse(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await LetGoAsync();
        _stop.Dispose();
    }

    public Task OpenAsync(BandOrder order)
    {
        // Pixels must not go because nobody called for a while.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _site ??= sites.Open(order);
        var octave = Site.Plan.Octaves[_key.Octave];
        _neighbours = GrainNeighbours.Of(grains, _key.Job, octave);
        var before = _key.Octave == 0 ? null : GrainNeighbours.Of(grains, _key.Job, Site.Plan.Octaves[_key.Octave - 1]);
        Start(BandEvent.Opened, 0, async stop =>
        {
            await sites.Opening.WaitAsync(stop);
            try
            {
                _band = new CanvasBand(Site.Plan, _key.Octave, _key.Band);
                await _band.OpenAsync(Site.Original,
                    (first, rows, destination, cancel) => before!.ReadFinishedAsync(Site.Plan.Spec.Steps, first, rows, destination, cancel), stop);
            }
            finally
            {
                sites.Opening.Release();
            }
            return null;
        });
        return Task.CompletedTask;
    }

    public Task GradientAsync(int step, string? trace)
    {
        _gradients = new CountedGradients(Site.Dispatch);
        Start(BandEvent.Gradient, step, async stop =>
        {
            using var span = Spans.Continue(trace, "gradient")?.SetTag("dreamfarm.band", _key.Band + 1);
            return await Band.GradientAsync(_gradients, _neighbours!, stop);
        });
        return Task.CompletedTask;
    }

    public Task AscendAsync(int step, double standardDeviation)
    {
        Start(BandEvent.Ascended, step, _ =>
        {
            Band.Ascend(step, standardDeviation);
            return Task.FromResult<BandReport?>(null);
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

    /// <summary>Starts work on the thread pool; the job's grain hears when it is done.</summary>
    private void Start(BandEvent what, int step, Func<CancellationToken, Task<BandReport?>> work)
    {
        if (!_work.IsCompleted)
            throw new InvalidOperationException($"band {_key} was told to start {what} of step {step} while it was at work");
        _work = RunAsync(what, step, work);
    }

    private async Task RunAsync(BandEvent what, int step, Func<CancellationToken, Task<BandReport?>> work)
    {
        using var scope = log.BeginScope(new WorkScope(_key.Job, _key.Octave + 1, what is BandEvent.Gradient or BandEvent.Ascended ? step + 1 : null));
        BandNews news;
        try
        {
            var stop = _stop.Token;
            var report = await Task.Run(() => work(stop), stop);
            news = BandNews.Done(what, _key.Octave, _key.Band, step, report);
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
        _band?.Dispose();
        _band = null;
        if (_site is not null)
        {
            _site = null;
            await sites.CloseAsync(_key.Job);
        }
    }
}
