using Grpc.AspNetCore.HealthChecks;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using HealthClient = Grpc.Health.V1.Health.HealthClient;

namespace StandIns.Grpc.Tests.Server;

public sealed class HealthTests
{
    [Fact]
    public async Task Health_is_that_of_the_applications_checks()
    {
        var isHealthy = true;
        await using var server = await ExchangeServer.StartAsync(services: AddOneCheck(() => isHealthy));
        using var channel = ((IExchangePeer)server).OpenChannel();
        var client = new HealthClient(channel);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest())).Status);
        isHealthy = false;
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await client.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task A_service_has_the_checks_that_are_mapped_to_it()
    {
        await using var server = await ExchangeServer.StartAsync(services: services =>
        {
            services.AddHealthChecks()
                .AddCheck("disk", () => HealthCheckResult.Unhealthy(), tags: ["storage"])
                .AddCheck("engine", () => HealthCheckResult.Healthy(), tags: ["compute"]);
            services.Configure<GrpcHealthChecksOptions>(options => options.Services.Map("compute", check => check.Tags.Contains("compute")));
        });
        using var channel = ((IExchangePeer)server).OpenChannel();
        var client = new HealthClient(channel);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest { Service = "compute" })).Status);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await client.CheckAsync(new HealthCheckRequest())).Status);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "nobody" }));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public async Task A_watch_follows_the_published_health()
    {
        var isHealthy = true;
        await using var server = await ExchangeServer.StartAsync(services: services =>
        {
            AddOneCheck(() => Volatile.Read(ref isHealthy))(services);
            services.Configure<HealthCheckPublisherOptions>(options =>
            {
                options.Delay = TimeSpan.FromSeconds(0.1);
                options.Period = TimeSpan.FromSeconds(1);
            });
        });
        using var channel = ((IExchangePeer)server).OpenChannel();
        using var watch = new HealthClient(channel).Watch(new HealthCheckRequest());
        await UntilAsync(HealthCheckResponse.Types.ServingStatus.Serving);
        Volatile.Write(ref isHealthy, false);
        await UntilAsync(HealthCheckResponse.Types.ServingStatus.NotServing);

        async Task UntilAsync(HealthCheckResponse.Types.ServingStatus status)
        {
            do
            {
                Assert.True(await watch.ResponseStream.MoveNext(default).WaitAsync(TimeSpan.FromMinutes(2)));
            }
            while (watch.ResponseStream.Current.Status != status);
        }
    }

    internal static Action<IServiceCollection> AddOneCheck(Func<bool> isHealthy) => services =>
        services.AddHealthChecks().AddCheck("one", () => isHealthy() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
