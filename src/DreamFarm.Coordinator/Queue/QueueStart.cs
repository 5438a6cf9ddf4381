using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Takes up what an earlier process left unfinished, before anybody asks.</summary>
internal sealed class QueueStart(IGrainFactory grains, TimeProvider time, ILogger<QueueGrain> log) : BackgroundService
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await grains.GetGrain<IQueueGrain>(0).WakeAsync();
                return;
            }
            catch (Exception e)
            {
                // The store is away, or the disk full: that passes.
                log.CannotAdvance(e is StoreException ? null : e, e.Message);
            }
            await Task.Delay(TryAgain, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
