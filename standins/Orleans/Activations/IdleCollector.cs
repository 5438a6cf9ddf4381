using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Activations;

/// <summary>Looks for idle grains once a quantum.</summary>
internal sealed class IdleCollector(Catalog catalog, IOptions<GrainCollectionOptions> options, TimeProvider time)
{
    private PeriodicTimer? _timer;
    private Task _loop = Task.CompletedTask;

    public void Start()
    {
        using (CleanContext.Enter())
        {
            _timer = new PeriodicTimer(options.Value.CollectionQuantum, time);
            _loop = RunAsync(_timer);
        }
    }

    public async Task StopAsync()
    {
        _timer?.Dispose();
        await _loop;
    }

    private async Task RunAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            foreach (var activation in catalog.Activations)
                activation.CollectIfIdle();
        }
    }
}
