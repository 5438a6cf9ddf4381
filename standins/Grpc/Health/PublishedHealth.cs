using System.Threading.Channels;
using Grpc.AspNetCore.HealthChecks;
using Grpc.Health.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace StandIns.Grpc.Health;

/// <summary>Hears the results that the application's health checks publish from time to time, and tells those who watch.</summary>
internal sealed class PublishedHealth(IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    private readonly List<(string Service, ChannelWriter<HealthCheckResponse.Types.ServingStatus> Watcher)> _watchers = [];

    /// <summary>What a set of results means: one unhealthy check is enough not to serve, no check at all is not known.</summary>
    public static HealthCheckResponse.Types.ServingStatus StatusOf(IEnumerable<HealthStatus> results)
    {
        var status = HealthCheckResponse.Types.ServingStatus.Unknown;
        foreach (var result in results)
        {
            if (result == HealthStatus.Unhealthy)
                return HealthCheckResponse.Types.ServingStatus.NotServing;

            status = HealthCheckResponse.Types.ServingStatus.Serving;
        }

        return status;
    }

    /// <summary>Statuses of a service as they are published; a watcher who lags behind misses the oldest.</summary>
    public ChannelReader<HealthCheckResponse.Types.ServingStatus> Watch(string service, CancellationToken until)
    {
        var channel = Channel.CreateBounded<HealthCheckResponse.Types.ServingStatus>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_watchers)
            _watchers.Add((service, channel.Writer));

        until.UnsafeRegister(_ =>
        {
            lock (_watchers)
                _watchers.Remove((service, channel.Writer));

            channel.Writer.Complete();
        }, null);
        return channel.Reader;
    }

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        lock (_watchers)
        {
            foreach (var (service, watcher) in _watchers)
            {
                if (options.Value.Services.Mappings.TryGetValue(service, out var isMapped))
                    watcher.TryWrite(StatusOf(report.Entries.Where(entry => isMapped(new HealthCheckMapContext(entry.Key, entry.Value.Tags))).Select(entry => entry.Value.Status)));
            }
        }

        return Task.CompletedTask;
    }
}
