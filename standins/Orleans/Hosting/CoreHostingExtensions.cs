using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>How the silo finds its cluster. Here the cluster is this silo.</summary>
public static class CoreHostingExtensions
{
    /// <summary>A cluster on this machine. The ports name the silo; nothing listens on them, since no other silo can join.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
        int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = ClusterOptions.DevelopmentServiceId,
        string clusterId = ClusterOptions.DevelopmentClusterId)
    {
        if (primarySiloEndpoint is not null && primarySiloEndpoint.Port != siloPort)
            throw new NotSupportedException($"The primary silo is {primarySiloEndpoint}, but only a single silo is supported. Install the official Orleans packages for a cluster.");
        builder.Services.AddSingleton<ClusteringMarker>();
        builder.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = IPAddress.Loopback;
            options.SiloPort = siloPort;
            options.GatewayPort = gatewayPort;
        });
        if (serviceId == ClusterOptions.DevelopmentServiceId && clusterId == ClusterOptions.DevelopmentClusterId)
        {
            // Names set elsewhere go before the development names.
            builder.Services.PostConfigure<ClusterOptions>(options =>
            {
                if (string.IsNullOrWhiteSpace(options.ServiceId))
                    options.ServiceId = serviceId;
                if (string.IsNullOrWhiteSpace(options.ClusterId))
                    options.ClusterId = clusterId;
            });
            return builder;
        }

        return builder.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = serviceId;
            options.ClusterId = clusterId;
        });
    }
}
