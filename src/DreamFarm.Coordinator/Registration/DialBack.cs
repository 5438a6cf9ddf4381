using System.Globalization;
using System.Net;

namespace DreamFarm.Coordinator;

/// <summary>The address at which a worker is dialled back.</summary>
internal static class DialBack
{
    /// <summary>Reads "HOST:PORT", or ":PORT" for the host that the registration comes from.</summary>
    /// <param name="peer">As gRPC names it: "ipv4:1.2.3.4:5678" or "ipv6:[::1]:5678".</param>
    /// <param name="problem">One sentence, or null.</param>
    public static string? Read(string address, string peer, out string? problem)
    {
        problem = null;
        int colon = address.LastIndexOf(':');
        string host = colon < 0 ? "" : address[..colon];
        if (colon < 0 || !int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            problem = $"address must be HOST:PORT or :PORT with a port of 1 to 65535, not \"{address}\"";
            return null;
        }
        if (host.Length == 0)
        {
            if (PeerHost(peer) is not { } from)
            {
                problem = $"address \"{address}\" has no host, and where the registration comes from is unknown: give HOST:PORT";
                return null;
            }
            host = from;
        }
        else if (Uri.CheckHostName(host) is var kind && (kind == UriHostNameType.Unknown || (kind == UriHostNameType.IPv6 && host[0] != '[')))
        {
            problem = $"address must be HOST:PORT with a host's name or address, IPv6 in brackets, not \"{address}\"";
            return null;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
    }

    private static string? PeerHost(string peer)
    {
        int scheme = peer.IndexOf(':');
        if (scheme < 0 || !IPEndPoint.TryParse(peer.AsSpan(scheme + 1), out var from))
            return null;
        var address = from.Address.IsIPv4MappedToIPv6 ? from.Address.MapToIPv4() : from.Address;
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
    }
}
