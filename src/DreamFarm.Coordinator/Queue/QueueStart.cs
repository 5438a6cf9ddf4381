using Microsoft.Extensions.Hosting;

namespace DreamFarm.Coordinator;

/// <summary>Takes up what an earlier process left unfinished, before anybody asks.</summary>
internal sealed class QueueStart(IGrainFactory grains) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => grains.GetGrain<IQueueGrain>(0).WakeAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
