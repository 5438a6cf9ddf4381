using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Activations;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>The silo's life: takes calls from the host's start on, and deactivates every grain when the host stops.</summary>
internal sealed class Silo(IServiceProvider services, Catalog catalog, IdleCollector collector) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Validate();
        catalog.Open();
        collector.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await collector.StopAsync();
        await catalog.CloseAsync(cancellationToken);
    }

    private void Validate()
    {
        if (services.GetService<ClusteringMarker>() is null)
            throw new OrleansConfigurationException("Clustering has not been configured. Call UseLocalhostClustering on the silo builder.");

        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        if (string.IsNullOrWhiteSpace(cluster.ClusterId) || string.IsNullOrWhiteSpace(cluster.ServiceId))
            throw new OrleansConfigurationException("ClusterOptions need a ClusterId and a ServiceId that are not empty.");

        var collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        if (collection.CollectionQuantum <= TimeSpan.Zero)
            throw new OrleansConfigurationException($"CollectionQuantum is set to {collection.CollectionQuantum}. It must be greater than 0.");
        if (collection.CollectionAge <= collection.CollectionQuantum)
            throw new OrleansConfigurationException($"CollectionAge is set to {collection.CollectionAge}. It must be greater than CollectionQuantum, which is set to {collection.CollectionQuantum}.");
    }
}
