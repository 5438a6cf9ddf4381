using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>
/// A coordinator and workers as real processes, with a <see cref="FaultyProxy"/> in every connection, a disk that can be filled
/// and a clock that can be moved:
/// <code>
///   clients ──▶ proxy ──▶ coordinator ──▶ proxy of each worker ──▶ worker
///                              ▲                                    │
///                              └───────────── proxy ◀───────────────┘
/// </code>
/// </summary>
internal sealed class FaultyFarm : IAsyncDisposable
{
    private const int MostComplaints = 200;

    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(0.5);

    private readonly string _folder;
    private readonly SmallDisk? _disk;
    private readonly WallClock? _clock;
    private readonly FarmSecurity _security;
    private readonly int _port = FreePort.Next();
    private readonly FaultyWorker[] _workers;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private Process? _coordinator;
    // The one that was told to end, last.
    private Process? _told;
    private bool _over;

    private FaultyFarm(string folder, FarmSecurity security, SmallDisk? disk, WallClock? clock, int workers, int seed)
    {
        (_folder, _security, _disk, _clock, _random) = (folder, security, disk, clock, new Random(seed));
        Clients = new FaultyProxy(_port, seed);
        Registration = new FaultyProxy(_port, seed + 1);
        _workers = [.. Enumerable.Range(0, workers).Select(worker => new FaultyWorker(seed + 2 + worker))];
    }

    public FaultyProxy Clients { get; }

    public FaultyProxy Registration { get; }

    /// <summary>Where nothing goes wrong.</summary>
    public string Url => $"{_security.Scheme}://127.0.0.1:{_port}";

    /// <summary>Where clients dial.</summary>
    public string ClientUrl => $"{_security.Scheme}://127.0.0.1:{Clients.Port}";

    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>How a coordinator ended that nobody had told to; null if none did.</summary>
    public string? Crash { get; private set; }

    /// <summary>The coordinator, then the workers.</summary>
    public IReadOnlyList<Process> Processes => [_coordinator!, .. _workers.Select(worker => worker.Process!)];

    public IEnumerable<FaultyProxy> Proxies => _workers.Select(worker => worker.Proxy).Append(Clients).Append(Registration);

    /// <summary>The kinds of faults that can be made here; what is missing is told.</summary>
    public IReadOnlyList<FaultKind> Kinds =>
    [
        .. Enum.GetValues<FaultKind>().Where(kind => kind switch
        {
            FaultKind.RegistrationDamaged or FaultKind.ClientDamaged => _security.Tls,
            FaultKind.DiskFull => _disk is not null,
            FaultKind.ClockJumped => _clock is not null,
            _ => true,
        }),
    ];

    public static async Task<FaultyFarm> StartAsync(string folder, FarmSecurity security, int workers, int seed)
    {
        var disk = await SmallDisk.MountAsync(Path.Combine(folder, "data"));
        var farm = new FaultyFarm(folder, security, disk, WallClock.Find(Path.Combine(folder, "clock")), workers, seed);
        await security.PrepareAsync(farm.DataFolder);
        farm.ReplaceCoordinator(null);
        foreach (var worker in farm._workers)
            farm.StartWorker(worker);
        return farm;
    }

    /// <summary>Makes a fault, and ends it when its time is over.</summary>
    public async Task SufferAsync(Fault fault, CancellationToken cancellation)
    {
        var worker = _workers[fault.Target];
        Task Last() => Task.Delay(fault.Lasts, cancellation);
        switch (fault.Kind)
        {
            case FaultKind.WorkerKilled:
                await EndAsync(worker.Process!, Signal.Kill);
                await Last();
                StartWorker(worker);
                break;
            case FaultKind.WorkerStopped:
                DreamfarmRun.Send(worker.Process!, Signal.Stop);
                await Last();
                DreamfarmRun.Send(worker.Process!, Signal.Continue);
                break;
            case FaultKind.WorkerTerminated:
                await EndAsync(worker.Process!, Signal.Terminate);
                StartWorker(worker);
                break;
            case FaultKind.CoordinatorKilled:
                var killed = await EndCoordinatorAsync(Signal.Kill, cancellation);
                await Last();
                ReplaceCoordinator(killed);
                break;
            case FaultKind.CoordinatorStopped:
                var stopped = await SendCoordinatorAsync(Signal.Stop, cancellation);
                await Last();
                // On a full disk it may have ended before it was stopped.
                DreamfarmRun.TrySend(stopped, Signal.Continue);
                break;
            case FaultKind.CoordinatorTerminated:
                ReplaceCoordinator(await EndCoordinatorAsync(Signal.Terminate, cancellation));
                break;
            case FaultKind.DiskFull:
                _disk!.Fill();
                await Last();
                _disk.Clear();
                break;
            case FaultKind.ClockJumped:
                _clock!.Move(TimeSpan.FromHours(24 * (2 * _random.NextDouble() - 1)));
                await Last();
                break;
            default:
                var (proxy, network) = Network(fault.Kind, worker.Proxy);
                int damaged = proxy.Damaged;
                proxy.Set(network);
                await Last();
                // Bytes can be damaged only where some pass.
                for (var waited = Stopwatch.StartNew(); network is NetworkFault.Damage or NetworkFault.Truncate && proxy.Damaged == damaged && waited.Elapsed < QuietTime;)
                    await Task.Delay(20, cancellation);
                proxy.Set(NetworkFault.None);
                break;
        }
    }

    /// <summary>Starts a client's command over the clients' proxy.</summary>
    public Process StartClient(string owner, params string[] arguments) =>
        DreamfarmRun.StartWith(_security.ClientEnvironment(owner), _folder, [.. arguments, "--coordinator", ClientUrl]);

    /// <summary>Runs an operator's command where nothing goes wrong.</summary>
    public Task<DreamfarmRun> RunAsync(params string[] arguments) =>
        DreamfarmRun.EndOfAsync(DreamfarmRun.StartWith(_security.ClientEnvironment(FarmSecurity.Operator), _folder, [.. arguments, "--coordinator", Url]));

    /// <summary>What the coordinators said of things that went wrong, the newest lines.</summary>
    public IEnumerable<string> Complaints() => Directory.EnumerateFiles(_folder, "coordinator-*.log")
        .OrderBy(File.GetLastWriteTimeUtc)
        .SelectMany(File.ReadLines)
        .Where(line => !line.Contains(" info: ", StringComparison.Ordinal))
        .TakeLast(MostComplaints);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _over = true;
        foreach (var process in _workers.Select(worker => worker.Process).Append(_coordinator).OfType<Process>())
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        foreach (var proxy in Proxies)
            await proxy.DisposeAsync();
        if (_disk is not null)
            await _disk.DisposeAsync();
    }

    private (FaultyProxy Proxy, NetworkFault Fault) Network(FaultKind kind, FaultyProxy worker) => kind switch
    {
        FaultKind.ComputeDropped => (worker, NetworkFault.Drop),
        FaultKind.ComputeHeld => (worker, NetworkFault.Hold),
        FaultKind.ComputeDelayed => (worker, NetworkFault.Delay),
        FaultKind.ComputeTruncated => (worker, NetworkFault.Truncate),
        FaultKind.ComputeDamaged => (worker, NetworkFault.Damage),
        FaultKind.RegistrationDropped => (Registration, NetworkFault.Drop),
        FaultKind.RegistrationHeld => (Registration, NetworkFault.Hold),
        FaultKind.RegistrationTruncated => (Registration, NetworkFault.Truncate),
        FaultKind.RegistrationDamaged => (Registration, NetworkFault.Damage),
        FaultKind.ClientDropped => (Clients, NetworkFault.Drop),
        FaultKind.ClientDelayed => (Clients, NetworkFault.Delay),
        FaultKind.ClientTruncated => (Clients, NetworkFault.Truncate),
        FaultKind.ClientDamaged => (Clients, NetworkFault.Damage),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no fault of the network"),
    };

    private static async Task EndAsync(Process process, Signal signal)
    {
        DreamfarmRun.Send(process, signal);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        process.Dispose();
    }

    private async Task<Process> EndCoordinatorAsync(Signal signal, CancellationToken cancellation)
    {
        var coordinator = await SendCoordinatorAsync(signal, cancellation);
        await coordinator.WaitForExitAsync(cancellation).WaitAsync(TimeSpan.FromMinutes(5), cancellation);
        return coordinator;
    }

    /// <summary>Sends a signal to the coordinator as soon as there is one: on a disk that was full a moment ago it may be starting again.</summary>
    private async Task<Process> SendCoordinatorAsync(Signal signal, CancellationToken cancellation)
    {
        for (; ; await Task.Delay(20, cancellation))
        {
            lock (_lock)
            {
                var coordinator = _coordinator!;
                if (!DreamfarmRun.TrySend(coordinator, signal))
                    continue;
                if (signal != Signal.Stop)
                    _told = coordinator;
                return coordinator;
            }
        }
    }

    /// <summary>Starts a coordinator, unless there is another already than the one that has ended.</summary>
    private void ReplaceCoordinator(Process? ended)
    {
        lock (_lock)
        {
            if (_over || _coordinator != ended)
                return;
            string said = "";
            var coordinator = _coordinator = Serve(
                _clock?.Environment ?? [],
                ["coordinator", "--listen", $"127.0.0.1:{_port}", "--web", "127.0.0.1:0", "--data", DataFolder, "--checkpoint-seconds", "2", .. _security.CoordinatorFlags],
                line => said = line);
            _ = WatchAsync(coordinator, () => said);
        }
    }

    /// <summary>Starts another coordinator if this one ends because the disk is full; if it ends otherwise, and nobody told it to, it has crashed.</summary>
    private async Task WatchAsync(Process coordinator, Func<string> said)
    {
        await coordinator.WaitForExitAsync();
        int code = coordinator.ExitCode;
        lock (_lock)
        {
            if (_over || coordinator == _told)
                return;
        }
        if (!said().StartsWith("dreamfarm: ", StringComparison.Ordinal) || !said().Contains("the disk is full", StringComparison.Ordinal))
        {
            Crash = $"exit code {code}: {said()}";
            return;
        }
        // On a full disk it does not start, and says so; whoever keeps it running tries again.
        await Task.Delay(RestartPause);
        ReplaceCoordinator(coordinator);
    }

    private void StartWorker(FaultyWorker worker) => worker.Process = Serve(
        _security.WorkerEnvironment,
        ["worker", "--listen", $"127.0.0.1:{worker.Port}", "--advertise", $"127.0.0.1:{worker.Proxy.Port}", "--lanes", "1",
            "--coordinator", $"{_security.Scheme}://127.0.0.1:{Registration.Port}", .. _security.WorkerFlags],
        _ => { });

    private Process Serve(IEnumerable<string> environment, IEnumerable<string> arguments, Action<string> said)
    {
        var process = DreamfarmRun.StartWith([.. environment], _folder, [.. arguments]);
        string name = $"{arguments.First()}-{process.Id}.log";
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(_folder, name)) { AutoFlush = true });
        process.ErrorDataReceived += (_, line) =>
        {
            log.WriteLine(line.Data);
            if (line.Data is { Length: > 0 })
                said(line.Data);
        };
        process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private sealed class FaultyWorker
    {
        public FaultyWorker(int seed) => Proxy = new FaultyProxy(Port, seed);

        public int Port { get; } = FreePort.Next();

        public FaultyProxy Proxy { get; }

        public Process? Process { get; set; }
    }
}
