using DreamFarm.Protocol.V1;
using DreamFarm.Security;
using Grpc.Core;
using Grpc.Net.Client;

namespace DreamFarm.Worker;

/// <summary>
/// Keeps the worker known to its coordinator: registers, renews the lease, registers again where that is needed, and
/// says so each time something changes. It shares no thread with the lanes.
/// </summary>
internal sealed class Registration : IAsyncDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10), FirstBackoff = TimeSpan.FromSeconds(0.5), LongestBackoff = TimeSpan.FromSeconds(10);

    private readonly string _url;
    private readonly RegisterRequest _worker;
    private readonly TimeProvider _time;
    private readonly Action<string> _say;
    private readonly Workers.WorkersClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _hurry = new(0);
    private readonly Task _running;
    private volatile bool _draining;
    private volatile bool _isRegistered;
    private string _said = "";

    public Registration(string url, GrpcChannel coordinator, RegisterRequest worker, TimeProvider time, Action<string> say)
    {
        (_url, _worker, _time, _say) = (url, worker, time, say);
        _client = new Workers.WorkersClient(coordinator);
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Why the worker is given no work now, one sentence; null if it can be.</summary>
    public string? FindObstacle() => _draining ? "the worker is draining" : _isRegistered ? null : $"the worker is not registered with {_url}";

    /// <summary>
    /// Completes when the coordinator wants this worker no more, because it told it to drain.
    /// Fails with a <see cref="WorkerException"/> if it never will.
    /// </summary>
    public Task Released => _released.Task;

    /// <summary>Tells the coordinator at once that this worker takes no more.</summary>
    public void Drain()
    {
        _draining = true;
        _hurry.Release();
    }

    /// <summary>Says good-bye, if the coordinator listens, and stops renewing the lease.</summary>
    public async Task LeaveAsync()
    {
        await StopAsync();
        try
        {
            await _client.LeaveAsync(new LeaveRequest { Id = _worker.Id }, deadline: DateTime.UtcNow.AddSeconds(5));
        }
        catch (RpcException)
        {
            // A coordinator that is not there finds out by the lease.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var backoff = FirstBackoff;
        TimeSpan? lease = null;
        while (!stop.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                if (lease is null)
                {
                    var reply = await _client.RegisterAsync(_worker, new CallOptions(deadline: DateTime.UtcNow + CallTimeout, cancellationToken: stop));
                    lease = TimeSpan.FromSeconds(Math.Max(0.1, reply.LeaseSeconds));
                }
                var beat = await _client.HeartbeatAsync(
                    new HeartbeatRequest { Id = _worker.Id, Draining = _draining },
                    new CallOptions(deadline: DateTime.UtcNow + CallTimeout, cancellationToken: stop));
                _isRegistered = true;
                Say($"worker {_worker.Id} is registered with {_url}");
                if (beat.Drain)
                    _released.TrySetResult();
                (pause, backoff) = (lease.Value / 3, FirstBackoff);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound && lease is not null)
            {
                _isRegistered = false;
                Say($"{_url} does not know worker {_worker.Id} any more: registering again");
                (lease, pause) = (null, TimeSpan.Zero);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.FailedPrecondition && !stop.IsCancellationRequested)
            {
                // Another build of either is needed; no second try helps.
                _isRegistered = false;
                _released.TrySetException(new WorkerException($"{_url} does not take worker {_worker.Id}: {error.Status.Detail}"));
                return;
            }
            catch (Exception error) when (error is RpcException or OperationCanceledException)
            {
                if (stop.IsCancellationRequested)
                    return;
                _isRegistered = false;
                Say(error is RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.Unauthenticated or StatusCode.PermissionDenied } refused
                    ? $"{_url} does not take worker {_worker.Id}: {refused.Status.Detail}"
                    : ConnectionProblem.Of((error as RpcException)?.Status.DebugException, new Uri(_url), hasAnswered: lease is not null) is { } unsafely ? $"{unsafely}; trying again"
                    : $"no coordinator answers at {_url}, trying again until one does");
                // A lease outlives a short absence: only NOT_FOUND means that it is gone.
                pause = lease is { } granted && granted / 3 < backoff ? granted / 3 : backoff;
                // A coordinator that comes back is not to hear from all its workers in the same moment.
                pause *= 0.75 + 0.25 * Random.Shared.NextDouble();
                backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            }
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
                await Task.WhenAny(Task.Delay(pause, _time, either.Token), _hurry.WaitAsync(either.Token));
                await either.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Say(string sentence)
    {
        if (_said == sentence)
            return;
        _said = sentence;
        _say(sentence);
    }
}
