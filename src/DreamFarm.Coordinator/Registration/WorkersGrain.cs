using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Orleans;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Keeps registrations and leases. Silos ask about once a second, or are answered at once when something changed: no call a
/// tile comes here.
/// </summary>
internal sealed class WorkersGrain(CoordinatorOptions options, TimeProvider time, ILogger<WorkersGrain> log) : Grain, IWorkersGrain
{
    private static readonly TimeSpan LongestExchange = TimeSpan.FromSeconds(1);

    // How long somebody who asks why a worker is gone still finds it.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly List<RegisteredWorker> _workers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task RegisterAsync(WorkerRegistration worker)
    {
        var now = time.GetUtcNow();
        if (Find(worker.Id) is { } known)
        {
            (known.Registration, known.LastHeard) = (worker, now);
            known.Lapsed = known.Draining = false;
        }
        else
        {
            // Whoever listened there before is no more.
            _workers.RemoveAll(other => other.Registration.Address == worker.Address);
            _workers.Add(new RegisteredWorker(now) { Registration = worker, LastHeard = now });
        }
        log.Registered(worker.Id, worker.Address, worker.Device, worker.Lanes);
        Changed();
        return Task.CompletedTask;
    }

    public Task<bool> HeartbeatAsync(string id, bool draining)
    {
        Sweep();
        if (Find(id) is not { Lapsed: false } worker)
            return Task.FromResult(false);
        worker.LastHeard = time.GetUtcNow();
        if (worker.Draining != draining)
        {
            worker.Draining = draining;
            Changed();
        }
        return Task.FromResult(true);
    }

    public Task LeaveAsync(string id)
    {
        if (Find(id) is { } worker)
        {
            _workers.Remove(worker);
            log.Left(id);
            Changed();
        }
        return Task.CompletedTask;
    }

    public Task<byte[]> ListAsync()
    {
        Sweep();
        var reply = new V1.ListWorkersReply();
        reply.Workers.AddRange(_workers.Select(worker => worker.ToMessage(options.Lease)));
        return Task.FromResult(reply.ToByteArray());
    }

    public async Task<WorkerLoans> ExchangeAsync(string silo, long seen, WorkerStatistics[] statistics)
    {
        foreach (var seenWorker in statistics)
            if (Find(seenWorker.Id) is { } worker)
                worker.Statistics[silo] = seenWorker;
        Sweep();
        if (_version <= seen)
        {
            await Task.WhenAny(_changed.Task, Task.Delay(LongestExchange, time));
            Sweep();
        }
        return new WorkerLoans(_version, [.. _workers.Where(worker => !worker.Lapsed).Select(worker =>
            new LentWorker(worker.Registration.Id, worker.Registration.Address, worker.Draining, worker.Registration.Access))]);
    }

    private RegisteredWorker? Find(string id) => _workers.Find(worker => worker.Registration.Id == id);

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var worker in _workers.Where(worker => !worker.Lapsed && now - worker.LastHeard > options.Lease))
        {
            worker.Lapsed = true;
            log.Lapsed(worker.Registration.Id, options.Lease.TotalSeconds);
            Changed();
        }
        _workers.RemoveAll(worker => worker.Lapsed && now - worker.LastHeard > Remembered);
    }

    private void Changed()
    {
        _version++;
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
