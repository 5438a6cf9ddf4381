using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Hosting;

internal sealed class LocalSiloDetails : ILocalSiloDetails
{
    public LocalSiloDetails(IOptions<SiloOptions> silo, IOptions<ClusterOptions> cluster, IOptions<EndpointOptions> endpoint, TimeProvider time)
    {
        var address = endpoint.Value.AdvertisedIPAddress ?? IPAddress.Loopback;
        // A restarted silo on the same port is another silo: the generation tells them apart.
        var generation = (int)(time.GetUtcNow() - new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds;
        SiloAddress = SiloAddress.New(address, endpoint.Value.SiloPort, generation);
        GatewayAddress = SiloAddress.New(address, endpoint.Value.GatewayPort, 0);
        ClusterId = cluster.Value.ClusterId;
        Name = silo.Value.SiloName ?? $"Silo_{SiloAddress.Endpoint.Port}_{generation}";
    }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName { get; } = Dns.GetHostName();

    public SiloAddress SiloAddress { get; }

    public SiloAddress GatewayAddress { get; }
}
