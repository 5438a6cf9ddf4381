using System.Net;
using System.Net.Sockets;

namespace DreamFarm.Coordinator.Tests;

/// <summary>A line to a server that can be cut: whole, or at the moment when a client has sent something and waits for the answer.</summary>
internal sealed class CutLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpClient> _ends = [];
    private readonly Task _accepting;
    private readonly int _server;

    public CutLine(int server)
    {
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>No connection is let through.</summary>
    public bool IsCut { get; set; }

    /// <summary>Asked of all that a client sends: whether it goes on to the server, but the line is then cut before any answer.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? CutsAfter { get; set; }

    public void Cut()
    {
        IsCut = true;
        lock (_ends)
        {
            _ends.ForEach(end => end.Close());
            _ends.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                if (IsCut)
                {
                    client.Close();
                    continue;
                }
                var server = new TcpClient { NoDelay = true };
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _server, _end.Token);
                lock (_ends)
                    _ends.AddRange([client, server]);
                var held = new HeldAnswer();
                _ = CopyAsync(client, server, held, toServer: true);
                _ = CopyAsync(server, client, held, toServer: false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, HeldAnswer held, bool toServer)
    {
        try
        {
            var buffer = new byte[1 << 16];
            for (int read; (read = await from.GetStream().ReadAsync(buffer, _end.Token)) > 0;)
            {
                bool last = toServer && CutsAfter?.Invoke(buffer.AsMemory(0, read)) == true;
                held.IsWanted |= last;
                if (!toServer && held.IsWanted)
                {
                    held.Came.TrySetResult();
                    break;
                }
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
                if (!last)
                    continue;
                // The server has done what it was told to, and its answer does not come through.
                await held.Came.Task.WaitAsync(_end.Token);
                break;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
        from.Close();
        to.Close();
    }

    /// <summary>The answer that does not come through.</summary>
    private sealed class HeldAnswer
    {
        public volatile bool IsWanted;

        public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
