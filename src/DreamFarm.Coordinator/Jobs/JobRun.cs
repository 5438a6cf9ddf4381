using DreamFarm.Dreaming;
using DreamFarm.Protocol.Specs;
using DreamFarm.Telemetry;
using Microsoft.Extensions.Logging;
using Orleans;

namespace DreamFarm.Coordinator;

/// <summary>A running job from its first octave to its finished canvas.</summary>
internal sealed class JobRun
{
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _suspend = new();
    private readonly JobFeed _feed;
    private readonly JobFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger<JobGrain> _log;
    private readonly JobPlan _plan;
    private readonly string _id;
    private readonly Func<string, Task> _takeClass;

    public JobRun(JobFeed feed, JobFiles files, IGrainFactory grains, TimeProvider time, ILogger<JobGrain> log)
    {
        (_feed, _files, _time, _log, _id) = (feed, files, time, log, feed.Record.Id);
        var order = BandOrder.For(feed.Record);
        _plan = order.ToPlan();
        Canvas = new GrainCanvas(order, grains);
        _takeClass = numericsClass => grains.GetGrain<IJobGrain>(_id).TakeClassAsync(numericsClass);
    }

    /// <summary>Where bands report to.</summary>
    public GrainCanvas Canvas { get; }

    /// <summary>Ends the run without a finished canvas.</summary>
    public void Suspend() => _suspend.Cancel();

    /// <summary>Dreams, writes the finished canvas, and lets go of all pixels, whatever happens.</summary>
    /// <returns>False if it was suspended before the canvas was finished.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _suspend.Token);
        try
        {
            await DreamAsync(end.Token);
            return true;
        }
        catch (OperationCanceledException) when (_suspend.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task DreamAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = new JobWatch(_feed, _plan.Plan, Canvas, _takeClass, _time, _log);
        var watching = watch.RunAsync(ended.Token);
        using var traced = new TracedCanvas(new WatchedCanvas(Canvas, watch), _id, Spans.Current, _time, _log);
        var dream = new Dream(_plan.Plan, traced).RunAsync(watch.Stepped, ended.Token);
        try
        {
            // The watch ends first only if it sees that the job cannot go on.
            if (await Task.WhenAny(dream, watching) == watching)
            {
                await ended.CancelAsync();
                await watching;
            }
            await dream;
            // A short job may be over before the first look.
            await watch.LookAsync();
            await WriteAsync(cancellation);
        }
        finally
        {
            await ended.CancelAsync();
            // A dream that is still under way would open bands behind the release.
            await dream.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ReleaseAsync();
        }
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        var octave = _plan.Plan.Octaves[^1];
        string unfinished = _files.UnfinishedCanvas(_id);
        try
        {
            CanvasFile.Create(unfinished, octave.Size);
            await Canvas.WriteAsync(octave, cancellation);
            File.Move(unfinished, _files.Canvas(_id), overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(ReleaseLimit, _time);
        try
        {
            await Canvas.ReleaseAsync(limit.Token);
        }
        catch (Exception e)
        {
            // The job's end does not depend on it; bands that are lost hold nothing.
            _log.NotReleased(e, _id);
        }
    }
}
