using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StandIns.Orleans.Tests.Lifetime;

namespace StandIns.Orleans.Tests.Hosting;

public sealed class HostingTests
{
    [Fact]
    public async Task A_silo_knows_its_name_and_address()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.Configure<SiloOptions>(options => options.SiloName = "north"));
        var details = silo.Services.GetRequiredService<ILocalSiloDetails>();
        Assert.Equal("north", details.Name);
        Assert.Equal("default", details.ClusterId);
        Assert.Equal(silo.Services.GetRequiredService<IOptions<EndpointOptions>>().Value.SiloPort, details.SiloAddress.Endpoint.Port);
    }

    [Fact]
    public async Task The_factory_and_the_client_reach_the_same_grains()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal(1, await silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ILifeGrain>("x").CountAsync());
        Assert.Equal(2, await silo.Client.GetGrain<ILifeGrain>("x").CountAsync());
    }

    [Fact]
    public async Task An_age_within_the_quantum_is_refused_at_the_start()
    {
        var failure = await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.StartAsync(silo => silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromSeconds(2);
            options.CollectionAge = TimeSpan.FromSeconds(2);
        })));
        Assert.Contains("CollectionAge", failure.Message);
    }

    [Fact]
    public async Task A_silo_without_clustering_is_refused_at_the_start()
    {
        using var host = new HostBuilder().UseOrleans((_, _) => { }).Build();
        await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());
    }

    [Fact]
    public async Task An_interface_without_a_class_is_refused()
    {
        await using var silo = await TestSilo.StartAsync();
        var failure = Assert.Throws<ArgumentException>(() => silo.Client.GetGrain<INobodysGrain>("x"));
        Assert.Contains(nameof(INobodysGrain), failure.Message);
    }
}
