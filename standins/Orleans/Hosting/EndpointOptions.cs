using System.Net;

namespace Orleans.Configuration;

/// <summary>The silo's address.</summary>
public class EndpointOptions
{
    /// <summary>11111.</summary>
    public const int DEFAULT_SILO_PORT = 11111;

    /// <summary>30000.</summary>
    public const int DEFAULT_GATEWAY_PORT = 30000;

    /// <summary>The address that other silos would use.</summary>
    public IPAddress? AdvertisedIPAddress { get; set; }

    /// <summary>The port between silos.</summary>
    public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

    /// <summary>The port for clients.</summary>
    public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;
}
