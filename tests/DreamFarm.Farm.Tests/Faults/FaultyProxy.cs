using System.Net;
using System.Net.Sockets;

namespace DreamFarm.Farm.Tests;

/// <summary>
/// A network of its own between two processes: passes bytes from whoever dials it to a target, and drops, holds, delays,
/// truncates or damages them when told to.
/// </summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(150);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Connection> _connections = [];
    private readonly Random _random;
    private readonly Task _accepting;
    private readonly int _target;
    private volatile NetworkFault _fault = NetworkFault.None;
    private int _damaged;

    /// <param name="target">Port on loopback that it dials; whether somebody listens there may change.</param>
    public FaultyProxy(int target, int seed)
    {
        (_target, _random) = (target, new Random(seed));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port to dial.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that are open.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>How many bits it has flipped, and streams cut short.</summary>
    public int Damaged => Volatile.Read(ref _damaged);

    /// <summary>What happens to bytes from now on; <see cref="NetworkFault.Drop"/> also to the connections that are open.</summary>
    public void Set(NetworkFault fault)
    {
        _fault = fault;
        if (fault == NetworkFault.Drop)
            CloseAll();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CloseAll();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            if (_fault == NetworkFault.Drop)
                client.Client.Close(0);
            else
                _ = ServeAsync(new Connection(client, new TcpClient()));
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        lock (_lock)
            _connections.Add(connection);
        try
        {
            await connection.Server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            var (client, server) = (connection.Client.GetStream(), connection.Server.GetStream());
            // When one side closes, so does the other.
            await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody listens at the target now.
        }
        finally
        {
            lock (_lock)
                _connections.Remove(connection);
            connection.Close();
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, _stop.Token)) > 0;)
            {
                switch (_fault)
                {
                    case NetworkFault.Hold:
                        while (_fault == NetworkFault.Hold)
                            await Task.Delay(20, _stop.Token);
                        break;
                    case NetworkFault.Delay:
                        await Task.Delay(Delay, _stop.Token);
                        break;
                    case NetworkFault.Truncate:
                        Interlocked.Increment(ref _damaged);
                        await to.WriteAsync(buffer.AsMemory(0, read / 2), _stop.Token);
                        return;
                    case NetworkFault.Damage when read > 64:
                        FlipBit(buffer.AsSpan(0, read));
                        break;
                }
                await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }

    private void FlipBit(Span<byte> bytes)
    {
        Interlocked.Increment(ref _damaged);
        lock (_lock)
            bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
    }

    private void CloseAll()
    {
        lock (_lock)
        {
            foreach (var connection in _connections)
                connection.Close();
        }
    }

    private sealed record Connection(TcpClient Client, TcpClient Server)
    {
        public void Close()
        {
            Client.Close();
            Server.Close();
        }
    }
}
