using Google.Protobuf;
using Microsoft.Extensions.Logging;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// Keeps registrations and leases. Silos ask about once a second, or are answered at once when something changed: no call a
/// tile comes here.
/// </summary>
[KeepAlive]
internal sealed class WorkersGrain(CoordinatorOptions options, TimeProvider time, ILogger<WorkersGrain> log) : Grain, IWorkersGrain
{
    private static readonly TimeSpan LongestExchange = TimeSpan.FromSeconds(1);

    // How long somebody who asks why a worker is gone still finds it.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly List<RegisteredWorker> _workers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    public Task RegisterAsync(WorkerRegistration worker)
    {
        long now = time.GetTimestamp();
        if (Find(worker.Id) is { } known)
        {
            (known.Registration, known.LastHeard) = (worker, now);
            known.Lapsed = known.Draining = false;
        }
        else
        {
            // Whoever listened there before is no more.
            _workers.RemoveAll(other => other.Registration.Address == worker.Address);
            _workers.Add(new RegisteredWorker(time.GetUtcNow()) { Registration = worker, LastHeard = now });
        }
        log.Registered(worker.Id, worker.Address, worker.Device, worker.Lanes);
        Changed();
        return Task.CompletedTask;
    }

    public Task<LeaseState> HeartbeatAsync(string id, bool draining)
    {
        Sweep();
        if (Find(id) is not { Lapsed: false } worker)
            return Task.FromResult(LeaseState.Unknown);
        worker.LastHeard = time.GetTimestamp();
        if (worker.Draining != draining)
        {
            worker.Draining = draining;
            Changed();
        }
        return Task.FromResult(worker.ToldToDrain ? LeaseState.Draining : LeaseState.Renewed);
    }

    public Task<string[]> DrainAsync(string id)
    {
        var meant = Find(id) is { } exactly ? [exactly] : _workers.Where(worker => worker.Registration.Id.StartsWith(id, StringComparison.Ordinal)).ToArray();
        if (meant is [{ ToldToDrain: false } worker])
        {
            worker.ToldToDrain = true;
            log.ToldToDrain(worker.Registration.Id);
            Changed();
        }
        return Task.FromResult(meant.Select(worker => worker.Registration.Id).ToArray());
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
            new LentWorker(worker.Registration.Id, worker.Registration.Address, worker.Draining || worker.ToldToDrain, worker.Registration.Access))]);
    }

    private RegisteredWorker? Find(string id) => _workers.Find(worker => worker.Registration.Id == id);

    private void Sweep()
    {
        foreach (var worker in _workers.Where(worker => !worker.Lapsed && time.GetElapsedTime(worker.LastHeard) > options.Lease))
        {
            worker.Lapsed = true;
            log.Lapsed(worker.Registration.Id, options.Lease.TotalSeconds);
            Changed();
        }
        _workers.RemoveAll(worker => worker.Lapsed && time.GetElapsedTime(worker.LastHeard) > Remembered);
    }

    private void Changed()
    {
        _version++;
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
