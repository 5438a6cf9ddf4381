using System.Net;
using System.Net.Sockets;

namespace DreamFarm.Farm.Tests;

/// <summary>Passes connections on to a server, and cuts one off instead of passing an answer back when it is told to.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Uri _server;
    private readonly Func<bool> _cuts;
    private readonly Task _accepting;
    private int _cut;

    /// <param name="server">Where connections go.</param>
    /// <param name="cuts">Asked before an answer is passed back, until it has said yes once.</param>
    public CuttingProxy(string server, Func<bool> cuts)
    {
        (_server, _cuts) = (new Uri(server), cuts);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>Connections that were cut off: 0 or 1.</summary>
    public int Cuts => _cut;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = PassAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _ending.Token);
                var there = client.GetStream().CopyToAsync(server.GetStream(), _ending.Token);
                var back = AnswerAsync(server.GetStream(), client.GetStream());
                await await Task.WhenAny(there, back);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One side has gone: so does the other.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[64 << 10];
        for (int read; (read = await server.ReadAsync(buffer, _ending.Token)) > 0;)
        {
            if (_cut == 0 && _cuts() && Interlocked.Exchange(ref _cut, 1) == 0)
                return;
            await client.WriteAsync(buffer.AsMemory(0, read), _ending.Token);
        }
    }
}
