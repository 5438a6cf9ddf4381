using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DreamFarm.Worker;

/// <summary>Reads "HOST:PORT", the place where a server listens.</summary>
public static class ListenAddress
{
    /// <summary>An address such as "127.0.0.1:7610", "localhost:0" for a free port, or ":7610" for every address of the machine.</summary>
    /// <exception cref="WorkerException">It is none, or the host has no address.</exception>
    public static IPEndPoint Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
            throw new WorkerException($"\"{text}\" is no address to listen on; write it as HOST:PORT, such as 127.0.0.1:7610.");
        string host = text[..colon];
        if (host is "" or "*")
            return new IPEndPoint(IPAddress.Any, port);
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
            return new IPEndPoint(address, port);
        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(host) is [var first, ..] ? first : throw new SocketException((int)SocketError.HostNotFound), port);
        }
        catch (SocketException error)
        {
            throw new WorkerException($"Cannot listen on {text}: {host} is not known ({error.Message}).", error);
        }
    }
}
