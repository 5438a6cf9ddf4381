using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>
/// Takes up what an earlier process left unfinished, before anybody asks; if the store is away or the disk full just then, as soon
/// as that has passed.
/// </summary>
internal sealed class QueueStart(IGrainFactory grains, TimeProvider time, ILogger<QueueGrain> log) : BackgroundService
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryWakeAsync())
            await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            await Task.Delay(TryAgain, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!stoppingToken.IsCancellationRequested && !await TryWakeAsync());
    }

    private async Task<bool> TryWakeAsync()
    {
        try
        {
            await grains.GetGrain<IQueueGrain>(0).WakeAsync();
            return true;
        }
        catch (Exception e)
        {
            log.CannotAdvance(e is StoreException ? null : e, e.Message);
            return false;
        }
    }
}
