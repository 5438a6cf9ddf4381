using System.Text;
using DreamFarm.Coordinator;

namespace DreamFarm.Fuzz;

/// <summary>Where a worker says that it can be dialled back, and where its registration came from.</summary>
internal sealed class AddressTarget : IFuzzTarget
{
    public string Name => "address";

    public int Share => 6;

    public IEnumerable<byte[]> Seeds => ["gpu-7:7610"u8.ToArray(), ":7610\nipv4:10.0.0.1:5000"u8.ToArray(), "[::1]:7610"u8.ToArray(), ":1\nipv6:[::ffff:10.0.0.1]:5000"u8.ToArray()];

    public IReadOnlyList<string> Words => [":", "[", "]", "%", "/", "@", "\n", "ipv4:", "ipv6:", "unix:", "65535", "65536", "\u3002", "xn--"];

    public void Run(byte[] input)
    {
        string[] parts = Encoding.UTF8.GetString(input).Split('\n', 2);
        string? address = DialBack.Read(parts[0], parts.Length > 1 ? parts[1] : "", out string? problem);
        if ((address is null) == (problem is null))
            throw new InvalidOperationException("neither an address nor a problem, or both");
        // The dispatcher dials what it is told.
        if (address is not null && !Uri.TryCreate($"http://{address}", UriKind.Absolute, out _))
            throw new InvalidOperationException($"\"{address}\" was accepted and cannot be dialled");
    }
}
