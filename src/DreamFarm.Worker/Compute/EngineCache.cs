using System.Diagnostics;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.Assets;
using DreamFarm.Telemetry;

namespace DreamFarm.Worker;

/// <summary>
/// The engines of this worker, one for each network and weights, shared by all streams. All of them together compute no
/// more windows, or batches of windows, at a time than the worker has lanes.
/// </summary>
internal sealed class EngineCache : IDisposable
{
    /// <summary>Engines kept although no stream uses them, against loading weights again for each of a studio's small jobs.</summary>
    private const int MostUnused = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Network, string Sha256), Entry> _entries = [];
    private readonly EngineOptions _options;
    private readonly FetchedAssets _assets;
    private readonly WorkerWeights _weights;
    private readonly CancellationTokenSource _closing = new();

    // What may be in the engines: more than one window a lane where lanes compute batches, which are to be full.
    private readonly SemaphoreSlim _places = new(0);

    // What may compute. Never disposed, as engines that nobody uses any more end when they do.
    private readonly SemaphoreSlim _lanes;
    private long _uses;

    private EngineCache(EngineOptions options, FetchedAssets assets, WeightsLocator locator) =>
        (_options, _assets, _weights, _lanes) = (options, assets, new WorkerWeights(assets, locator), new SemaphoreSlim(options.LaneCount));

    /// <summary>Windows, or batches of windows, computed at a time.</summary>
    public int Lanes { get; private set; }

    /// <summary>Windows that may be computed at a time, if they are small.</summary>
    public int Places { get; private set; }

    /// <summary>Opens the cache with the default network's engine, which shows at once whether the device is there.</summary>
    /// <exception cref="WorkerException">The device is not there, or libtorch cannot be loaded.</exception>
    public static async Task<EngineCache> OpenAsync(EngineOptions options, FetchedAssets assets, WeightsLocator locator)
    {
        try
        {
            Libtorch.Load();
            var cache = new EngineCache(options, assets, locator);
            var lease = cache.Lease(NetworkCatalog.Default.Name, "");
            var engine = await lease.Engine;
            (cache.Lanes, cache.Places) = (engine.Lanes, engine.Places);
            cache._places.Release(cache.Places);
            cache.Return(lease);
            return cache;
        }
        catch (Exception error) when (error is ArgumentException or LibtorchException)
        {
            throw new WorkerException(error.Message, error);
        }
    }

    /// <summary>An engine, which may still be loading, or waiting for its weights; every lease is to be returned. One that failed is tried again.</summary>
    /// <param name="sha256">SHA-256 of the weights; empty for the network's built-in ones.</param>
    public EngineLease Lease(string network, string sha256)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((network, sha256), out var entry) || entry.Engine.IsFaulted)
                _entries[(network, sha256)] = entry = new Entry((network, sha256), Task.Run(() => LoadAsync(network, sha256)));
            entry.Users++;
            entry.LastUse = ++_uses;
            return new EngineLease(entry.Engine, entry);
        }
    }

    /// <summary>The guide image's features that an objective needs, which may take as long as fetching them.</summary>
    /// <exception cref="WorkerException">They are not to be had, or are not those of the objective; one sentence.</exception>
    /// <exception cref="WeightsException">The file is damaged.</exception>
    public async Task<GuideFeatures> OpenGuideAsync(string sha256, Objective objective, NetworkGeometry geometry)
    {
        if (!AssetHash.IsValid(sha256))
            throw new WorkerException("guide_sha256 must be 64 lowercase hexadecimal digits where the objective guides a layer");
        using var file = await _assets.OpenAsync($"guide features {AssetHash.Short(sha256)}", sha256, _closing.Token);
        return GuideFeatures.TryRead(file, objective, geometry, out var features, out string? problem) ? features : throw new WorkerException(problem);
    }

    /// <summary>The largest window, in pixels, that every lane can compute at once: networks differ fifteenfold in what they take.</summary>
    public long MaxWindowPixels(NetworkGeometry geometry, NetworkEvaluation evaluation) =>
        WindowMemory.MaxWindowPixels(geometry, evaluation, _options.Precision, WindowMemory.Available, Lanes, _options.Batches);

    public void Return(EngineLease lease)
    {
        var entry = (Entry)lease.Key;
        Task<GradientEngine>? unused = null;
        lock (_lock)
        {
            entry.Users--;
            var idle = _entries.Values.Where(each => each.Users == 0).OrderBy(each => each.LastUse).ToArray();
            if (idle.Length > MostUnused)
            {
                _entries.Remove(idle[0].Name);
                unused = idle[0].Engine;
            }
        }
        if (unused is not null)
            _ = DisposeAsync(unused);
    }

    /// <summary>Computes a window when a lane is free, and says how long it occupied the lane.</summary>
    public Task<(WindowResult Result, TimeSpan InLane)> ComputeAsync(GradientEngine engine, OctaveObjective objective, Dreaming.WindowShape shape, ReadOnlyMemory<short> window, Memory<Half> core, CancellationToken cancellation) =>
        InLaneAsync(engine, inLane => engine.ComputeAsync(objective, shape, window, core, cancellation, inLane), cancellation);

    /// <summary>Sums a window's activations when a lane is free, and says how long it occupied the lane.</summary>
    public Task<(double[] Sums, TimeSpan InLane)> MeasureAsync(GradientEngine engine, ChannelMeasurement measurement, Dreaming.WindowShape shape, ReadOnlyMemory<short> window, CancellationToken cancellation) =>
        InLaneAsync(engine, inLane => engine.MeasureAsync(measurement, shape, window, cancellation, inLane), cancellation);

    private async Task<(T Result, TimeSpan InLane)> InLaneAsync<T>(GradientEngine engine, Func<Action<TimeSpan>, Task<T>> compute, CancellationToken cancellation)
    {
        long asked = Stopwatch.GetTimestamp();
        using (Spans.Inside("lane"))
            await _places.WaitAsync(cancellation);
        try
        {
            WorkerMeter.Waited(Stopwatch.GetElapsedTime(asked));
            using var span = Spans.Inside("compute");
            var taken = TimeSpan.Zero;
            var result = await compute(time => taken = time);
            WorkerMeter.Computed(engine.Network.Name, taken);
            return (result, taken);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>The numerics class of this worker for a shape, as <see cref="NumericsProbe"/> tells it.</summary>
    public async Task<NumericsClass> ProbeAsync(GradientEngine engine, OctaveObjective objective, Dreaming.WindowShape shape, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            return await NumericsProbe.ClassAsync(engine, objective, shape, cancellation);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Cancel();
        foreach (var entry in _entries.Values.Where(entry => entry.Engine.IsCompletedSuccessfully))
            entry.Engine.Result.Dispose();
        _places.Dispose();
    }

    /// <summary>Disposes an engine when it has been loaded; one that could not be loaded holds nothing.</summary>
    private static async Task DisposeAsync(Task<GradientEngine> loading)
    {
        await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (loading.IsCompletedSuccessfully)
            (await loading).Dispose();
    }

    private async Task<GradientEngine> LoadAsync(string name, string sha256)
    {
        using var weights = sha256.Length == 0 ? LoadBuiltIn(name) : await _weights.OpenAsync(name, sha256, _closing.Token);
        return new GradientEngine(weights, _options, _lanes);
    }

    private static NetworkWeights LoadBuiltIn(string name)
    {
        if (NetworkCatalog.Find(name) is not { } network)
            throw new WorkerException(NetworkCatalog.DescribeUnknown(name));
        return WeightFile.OpenBuiltIn(network) is { } file
            ? NetworkWeights.Load(network, file)
            : throw new WorkerException($"{network.Name} has no built-in weights; the job must say which weights it wants");
    }

    private sealed class Entry((string Network, string Sha256) name, Task<GradientEngine> engine)
    {
        public (string Network, string Sha256) Name { get; } = name;

        public Task<GradientEngine> Engine { get; } = engine;

        public int Users { get; set; }

        public long LastUse { get; set; }
    }
}
