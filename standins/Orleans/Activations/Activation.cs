using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Calls;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Activations;

/// <summary>
/// One grain in memory. Its life, all of it on its own scheduler:
/// <code>
///   construct, OnActivateAsync ──▶ serve requests in turn ──▶ OnDeactivateAsync, dispose ──▶ pass on what still waits
/// </code>
/// </summary>
internal sealed class Activation : IGrainContext
{
    private enum State
    {
        Activating,
        Valid,
        Deactivating,
        Gone,
    }

    // A request that meets this many dying activations in a row is refused.
    private const int MaxForwards = 2;

    private readonly Lock _gate = new();
    private readonly Catalog _catalog;
    private readonly GrainCollectionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AsyncServiceScope _services;
    private readonly ActivationScheduler _scheduler;
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _activating = new();
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _isExemptFromCollection;

    private readonly List<Request> _waiting = [];
    private readonly HashSet<Request> _running = [];
    private readonly HashSet<IDisposable> _timers = [];
    private Request? _blocking;
    private State _state = State.Activating;
    private DeactivationReason _reason;
    private CancellationToken _deactivationToken;
    private DateTimeOffset _keepAliveUntil = DateTimeOffset.MinValue;
    private long _lastUse;

    public Activation(GrainId grain, Catalog catalog, IServiceProvider services, GrainCollectionOptions options, TimeProvider time, ILogger logger)
    {
        GrainId = grain;
        _catalog = catalog;
        _options = options;
        _time = time;
        _logger = logger;
        _services = services.CreateAsyncScope();
        _scheduler = new ActivationScheduler(this);
        _isExemptFromCollection = grain.GrainClass.IsDefined(typeof(KeepAliveAttribute), inherit: true);
        _lastUse = time.GetTimestamp();
    }

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _services.ServiceProvider;

    public Task Deactivated => _deactivated.Task;

    public void Start() => Post(() => _ = LiveAsync());

    /// <summary>Runs something as one of the grain's turns.</summary>
    public void Post(Action action)
    {
        using (CleanContext.Enter())
            Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
    }

    /// <summary>Puts a request into the queue. False if the activation is gone.</summary>
    public bool TryReceive(Request request)
    {
        lock (_gate)
        {
            if (_state == State.Gone)
                return false;
            _waiting.Add(request);
        }

        _news.Writer.TryWrite(true);
        return true;
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_state is State.Deactivating or State.Gone)
                return;
            _reason = deactivationReason;
            _deactivationToken = cancellationToken;
            _state = State.Deactivating;
        }

        _activating.Cancel();
        _news.Writer.TryWrite(true);
    }

    /// <summary>Deactivates if there was no use for the collection age and nothing keeps the grain.</summary>
    public void CollectIfIdle()
    {
        lock (_gate)
        {
            if (_isExemptFromCollection || _state != State.Valid || _running.Count > 0 || _waiting.Count > 0
                || _keepAliveUntil > _time.GetUtcNow() || _time.GetElapsedTime(_lastUse) < _options.CollectionAge)
                return;
        }

        Deactivate(new(DeactivationReasonCode.ActivationIdle, "This activation has become idle."));
    }

    public void DelayDeactivation(TimeSpan time)
    {
        lock (_gate)
        {
            _keepAliveUntil = time == TimeSpan.MaxValue || time == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue
                : time <= TimeSpan.Zero ? DateTimeOffset.MinValue
                : _time.GetUtcNow() + time;
        }
    }

    public void AddTimer(IDisposable timer)
    {
        lock (_gate)
            _timers.Add(timer);
    }

    public void RemoveTimer(IDisposable timer)
    {
        lock (_gate)
            _timers.Remove(timer);
    }

    /// <summary>Refuses code that left the grain's scheduler.</summary>
    public void CheckAccess()
    {
        if (RuntimeContext.Current is null)
            throw new InvalidOperationException($"Only code that runs in the grain {this} may do this. After Task.Run or ConfigureAwait(false) it no longer does.");
    }

    public override string ToString() => GrainId.ToString();

    private async Task LiveAsync()
    {
        var isValid = await ActivateAsync();
        if (isValid)
            await ServeAsync();
        await EndAsync(isValid);
    }

    private async Task<bool> ActivateAsync()
    {
        try
        {
            var grain = Construct();
            GrainInstance = grain;
            _activating.CancelAfter(_options.ActivationTimeout);
            await grain.OnActivateAsync(_activating.Token).WaitAsync(_activating.Token);
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "The grain {Grain} could not be activated.", this);
            Deactivate(new(DeactivationReasonCode.ActivationFailed, exception, "Failed to activate grain."));
        }

        lock (_gate)
        {
            if (_state != State.Activating)
                return false;
            _state = State.Valid;
            _activating.CancelAfter(Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    private IGrainBase Construct()
    {
        try
        {
            return (IGrainBase)ActivatorUtilities.CreateInstance(ActivationServices, GrainId.GrainClass);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Failed to create an instance of grain type '{GrainId.GrainClass}'. See InnerException for details.", exception);
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            StartRequests();
            lock (_gate)
            {
                if (_state == State.Deactivating && _running.Count == 0)
                    return;
            }

            await _news.Reader.ReadAsync(CancellationToken.None);
        }
    }

    /// <summary>Starts what may start now, oldest first.</summary>
    private void StartRequests()
    {
        var next = 0;
        while (true)
        {
            Request request;
            lock (_gate)
            {
                if (next >= _waiting.Count || (_state != State.Valid && !_waiting[next].IsLocal))
                    return;
                request = _waiting[next];
                if (!request.IsOver && !MayStart(request))
                {
                    next++;
                    continue;
                }

                _waiting.RemoveAt(next);
                if (request.IsOver)
                    continue;
                _running.Add(request);
                if (!request.Interleaves)
                    _blocking ??= request;
            }

            _ = RunAsync(request);
        }
    }

    // An interleaving request blocks nobody, so beside it alone any other may start.
    private bool MayStart(Request request) => _running.Count == 0 || request.Interleaves || _blocking is null;

    private async Task RunAsync(Request request)
    {
        await request.RunAsync(this);
        lock (_gate)
        {
            _running.Remove(request);
            if (request == _blocking)
                _blocking = null;
            if (request.KeepsAlive)
                _lastUse = _time.GetTimestamp();
        }

        _news.Writer.TryWrite(true);
    }

    private async Task EndAsync(bool wasValid)
    {
        IDisposable[] timers;
        lock (_gate)
            timers = [.. _timers];
        foreach (var timer in timers)
            timer.Dispose();

        if (wasValid)
            await SayGoodbyeAsync((IGrainBase)GrainInstance!);

        _catalog.Remove(this);
        Request[] left;
        lock (_gate)
        {
            _state = State.Gone;
            left = [.. _waiting.Where(r => !r.IsLocal)];
            _waiting.Clear();
        }

        await DisposeAsync();
        _deactivated.TrySetResult();
        foreach (var request in left)
        {
            if (_reason.Exception is { } failure)
                request.Reject(failure);
            else if (request.Forwards++ >= MaxForwards)
                request.Reject(new OrleansMessageRejectionException($"The call was passed on {MaxForwards} times, because the grain {this} was being deactivated each time. {_reason.Description}"));
            else
                _catalog.Deliver(GrainId, request);
        }
    }

    private async Task SayGoodbyeAsync(IGrainBase grain)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_deactivationToken);
        limit.CancelAfter(_options.DeactivationTimeout);
        try
        {
            await grain.OnDeactivateAsync(_reason, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "OnDeactivateAsync of the grain {Grain} failed.", this);
        }
    }

    private async Task DisposeAsync()
    {
        try
        {
            if (GrainInstance is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (GrainInstance as IDisposable)?.Dispose();
            await _services.DisposeAsync();
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "Disposing of the grain {Grain} failed.", this);
        }
    }
}
