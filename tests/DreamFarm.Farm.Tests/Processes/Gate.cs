using System.Net;
using System.Net.Sockets;

namespace DreamFarm.Farm.Tests;

/// <summary>
/// Stands between two processes and passes so many bytes one way; what comes behind them waits until the test lets it pass. A job or an
/// upload behind it stands where the test wants it to, and cannot come to its end however quick the processes are and however slow the
/// test is: every byte passes by the test's own hand.
/// </summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly bool _forth;
    private readonly Task _accepting;
    private TaskCompletionSource _closed = New(), _opened = New();
    private long _left;

    private Gate(int target, bool forth, long bytes)
    {
        (Target, _forth, _left) = (target, forth, bytes);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port on loopback that it dials.</summary>
    public int Target { get; }

    /// <summary>The port on loopback to dial instead.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Before a worker that is yet to be started: passes so many bytes of its answers.</summary>
    public static Gate ForAnswers(long bytes) => new(FreePort.Next(), forth: false, bytes);

    /// <summary>Before a coordinator: passes so many bytes of what clients send.</summary>
    public static Gate ForRequests(string coordinator, long bytes) => new(new Uri(coordinator).Port, forth: true, bytes);

    /// <summary>Returns when something waits behind the bytes that may pass.</summary>
    public Task ClosedAsync()
    {
        lock (_lock)
            return _closed.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
    }

    /// <summary>Lets everything pass from now on, or so many bytes more.</summary>
    public void Open(long bytes = long.MaxValue)
    {
        lock (_lock)
        {
            _left = bytes;
            _opened.SetResult();
            (_closed, _opened) = (New(), New());
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, Target, _ending.Token);
                // When one side closes, so does the other.
                await await Task.WhenAny(
                    PassAsync(client.GetStream(), server.GetStream(), _forth),
                    PassAsync(server.GetStream(), client.GetStream(), !_forth));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is not there, or has gone.
            }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, bool gated)
    {
        var buffer = new byte[16 << 10];
        for (int read; (read = await from.ReadAsync(buffer, _ending.Token)) > 0;)
        {
            if (gated)
                await WaitAsync(read);
            await to.WriteAsync(buffer.AsMemory(0, read), _ending.Token);
        }
    }

    private async Task WaitAsync(int bytes)
    {
        while (true)
        {
            Task opened;
            lock (_lock)
            {
                if (_left > 0)
                {
                    _left -= bytes;
                    return;
                }
                _closed.TrySetResult();
                opened = _opened.Task;
            }
            await opened.WaitAsync(_ending.Token);
        }
    }
}
