using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DreamFarm.Tests;

/// <summary>
/// Ports of the loopback for servers that have to be told theirs. They lie below those that the system gives to connections: one of these,
/// of whatever else runs, could take a port before its server does, or while it is started again.
/// </summary>
internal static class FreePort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port that nobody listens on, and that is given once in this process.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = Random.Shared.Next(10_000, 30_000);
            if (!Given.TryAdd(port, true))
                continue;
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // It is taken.
            }
        }
    }
}
