using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Brings this silo's dispatcher the workers that it may use, and the registry what the dispatcher has seen of them.</summary>
internal sealed class WorkerExchange(IGrainFactory grains, Dispatcher dispatcher, ILocalSiloDetails silo, TimeProvider time, ILogger<WorkerExchange> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var registry = grains.GetGrain<IWorkersGrain>(0);
        for (long seen = -1; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                var loans = await registry.ExchangeAsync(silo.Name, seen, [.. dispatcher.Snapshot()]).WaitAsync(stoppingToken);
                if (loans.Version == seen)
                    continue;
                dispatcher.SetWorkers(loans.Workers);
                seen = loans.Version;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The registry may be moving between silos. A new one counts its versions from the start.
                seen = -1;
                log.NoExchange(e);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
