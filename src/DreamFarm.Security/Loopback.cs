using System.Net;

namespace DreamFarm.Security;

/// <summary>What never leaves the machine.</summary>
public static class Loopback
{
    /// <summary>Whether a URL leads to this machine: by loopback's addresses or its name.</summary>
    public static bool Is(Uri address) => address.IsLoopback;

    /// <summary>Whether only this machine can dial a listener.</summary>
    public static bool Is(IPEndPoint listener) => IPAddress.IsLoopback(listener.Address);
}
