using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DreamFarm.Farm.Tests;

/// <summary>Stands between the command and the publishers, as an HTTP proxy, and answers in their place.</summary>
internal sealed class PublisherProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private readonly byte[] _content;
    private readonly int _most;

    /// <param name="content">What every file is.</param>
    /// <param name="most">Bytes after which nothing more comes.</param>
    public PublisherProxy(byte[] content, int most = int.MaxValue)
    {
        (_content, _most) = (content, most);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What the command's environment must say to get here.</summary>
    public string Variable => $"http_proxy=http://{_listener.LocalEndpoint}";

    /// <summary>The first lines of the requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

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
            _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var lines = new StreamReader(stream, Encoding.ASCII);
                Requests.Enqueue(await lines.ReadLineAsync(_ending.Token) ?? "");
                while (await lines.ReadLineAsync(_ending.Token) is { Length: > 0 })
                {
                }
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {_content.Length}\r\nConnection: close\r\n\r\n"), _ending.Token);
                await stream.WriteAsync(_content.AsMemory(0, Math.Min(_most, _content.Length)), _ending.Token);
                if (_most < _content.Length)
                    await Task.Delay(Timeout.InfiniteTimeSpan, _ending.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The command has gone.
            }
        }
    }
}
