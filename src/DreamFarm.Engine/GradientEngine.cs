using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Engine;

/// <summary>
/// Computes gradients of windows: one network, one set of weights on one device, and lanes that share it. The result
/// of a window depends on nothing but its pixels, its shape and the objective: not on the number of lanes, nor on what
/// else they compute, be it in the same batch: that a device keeps to this is what <see cref="NumericsProbe"/> finds out.
/// </summary>
public sealed class GradientEngine : IDisposable
{
    private readonly LaneQueue _queue = new();
    private readonly FrozenNetwork _network;
    private readonly NetworkGeometry _geometry;
    private readonly Lane[] _lanes;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Puts the weights on the device and starts the lanes. The weights may be disposed afterwards.</summary>
    /// <param name="gate">Room for as many lanes as may compute at a time, if several engines share a device; outlives the engine.</param>
    /// <exception cref="ArgumentException">The device does not exist; the message is for the user.</exception>
    /// <exception cref="WeightsException">The weights cannot be read.</exception>
    public GradientEngine(NetworkWeights weights, EngineOptions options, SemaphoreSlim? gate = null)
    {
        TorchSharp.torch.Device device = options.Resolve();

        // TF32 keeps 10 bits of a product's factors: enough to flip gates all over the network. The switch is the process's,
        // so all engines of a process are to be of one precision.
        TorchSharp.torch.backends.cudnn.allow_tf32 = options.Precision == EnginePrecision.Tf32;
        TorchSharp.torch.backends.cuda.matmul.allow_tf32 = options.Precision == EnginePrecision.Tf32;
        Network = weights.Network;
        Options = options;
        _geometry = new NetworkGeometry(Network);
        _network = new FrozenNetwork(weights, device, options.Precision);
        int[] processors = options.LaneProcessors();
        _lanes = [.. Enumerable.Range(0, options.LaneCount).Select(number => new Lane(number, _queue, MakeGradient(), processors.Length > 0 ? processors[number % processors.Length] : null, gate))];
    }

    /// <summary>The network that the engine evaluates.</summary>
    public NetworkDescription Network { get; }

    /// <summary>How the engine was set up.</summary>
    public EngineOptions Options { get; }

    /// <summary>Windows, or batches of windows, computed at a time.</summary>
    public int Lanes => _lanes.Length;

    /// <summary>Windows that may be computed at a time, if they are small: a lane's batch each.</summary>
    public int Places => Lanes * (Options.Batch ?? (Options.Batches ? WindowBatch.Most : 1));

    /// <summary>
    /// Computes one window on the next free lane, in one batch with others that wait where <see cref="WindowBatch"/> has places for them.
    /// Many calls may wait at once; the caller bounds their number, as it owns their memory, which is used until the task is complete,
    /// cancelled or not.
    /// </summary>
    /// <param name="objective">Made for this engine's network.</param>
    /// <param name="shape">The window; its height and width multiples of the stride.</param>
    /// <param name="window"><see cref="WindowShape.WindowValues"/> values [rows][3][columns], k meaning k/32767.</param>
    /// <param name="core">Receives <see cref="WindowShape.CoreValues"/> values [rows][3][columns]; the gradient is value x 2^Exponent.</param>
    /// <param name="cancellation">Takes effect while the window waits; one that is being computed is finished.</param>
    /// <param name="inLane">Told, before the task is complete, how long the window occupied a lane: of a batch its share. Must not throw.</param>
    /// <exception cref="ArgumentException">The memory does not fit the shape, or the objective belongs to another network.</exception>
    /// <exception cref="NotFiniteNumberException">The gradient or the loss is infinite or not a number.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch failed, for want of memory for example.</exception>
    public Task<WindowResult> ComputeAsync(OctaveObjective objective, WindowShape shape, ReadOnlyMemory<short> window, Memory<Half> core, CancellationToken cancellation, Action<TimeSpan>? inLane = null)
    {
        WindowWork work = Work(objective, new LaneWindow(shape, window, core), inLane, cancellation);
        _queue.Add(work);
        return work.Result;
    }

    /// <summary>The same of windows that a lane finds all at once, so that those of one size are in one batch, in their order.</summary>
    /// <inheritdoc cref="ComputeAsync"/>
    internal Task<WindowResult[]> ComputeTogetherAsync(OctaveObjective objective, IEnumerable<LaneWindow> windows, CancellationToken cancellation)
    {
        WindowWork[] works = [.. windows.Select(window => Work(objective, window, inLane: null, cancellation))];
        _queue.Add(works);
        return Task.WhenAll(works.Select(work => work.Result));
    }

    /// <summary>Windows of a batch. Nothing but the device and the plan may have a say.</summary>
    internal int BatchOf(OctaveObjective objective, WindowShape shape) =>
        Options.Batch ?? (Options.Batches ? WindowBatch.Size((long)shape.Height * shape.Width, WindowMemory.BytesPerPixel(_geometry, objective.Evaluation, Options.Precision)) : 1);

    /// <summary>
    /// Runs the network forward over one window on the next free lane, and sums activations over the cells whose origin lies in the
    /// core. As with gradients, the sums depend on nothing but the window.
    /// </summary>
    /// <param name="measurement">Made for this engine's network.</param>
    /// <param name="shape">The window; its height and width multiples of the stride.</param>
    /// <param name="window"><see cref="WindowShape.WindowValues"/> values [rows][3][columns], k meaning k/32767.</param>
    /// <param name="cancellation">Takes effect while the window waits; one that is being computed is finished.</param>
    /// <param name="inLane">Told, before the task is complete, how long the window occupied a lane: of a batch its share. Must not throw.</param>
    /// <returns>The channels of the first layer, then those of the next; added cell by cell, row by row.</returns>
    /// <exception cref="ArgumentException">The memory does not fit the shape, or the measurement belongs to another network.</exception>
    /// <exception cref="NotFiniteNumberException">A sum is infinite or not a number.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch failed, for want of memory for example.</exception>
    public Task<double[]> MeasureAsync(ChannelMeasurement measurement, WindowShape shape, ReadOnlyMemory<short> window, CancellationToken cancellation, Action<TimeSpan>? inLane = null)
    {
        Check(measurement.Network, shape, window);
        var work = new MeasureWork(measurement, shape, window, inLane, cancellation, _stopping.Token);
        _queue.Add(work);
        return work.Result;
    }

    /// <summary>Finishes the windows that are being computed, cancels those that wait, and frees the weights.</summary>
    public void Dispose()
    {
        if (_stopping.IsCancellationRequested)
            return;
        _stopping.Cancel();
        _queue.Close();
        foreach (Lane lane in _lanes)
            lane.Join();
        _network.Dispose();
        _stopping.Dispose();
    }

    private WindowWork Work(OctaveObjective objective, LaneWindow window, Action<TimeSpan>? inLane, CancellationToken cancellation)
    {
        Check(objective.Network, window.Shape, window.Pixels);
        if (window.Core.Length != window.Shape.CoreValues)
            throw new ArgumentException($"The core has room for {window.Core.Length} values, its shape has {window.Shape.CoreValues}.", nameof(window));
        return new WindowWork(objective, window, BatchOf(objective, window.Shape), inLane, cancellation, _stopping.Token);
    }

    private void Check(NetworkDescription network, WindowShape shape, ReadOnlyMemory<short> window)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (network.Name != Network.Name)
            throw new ArgumentException($"The objective is for {network.Name}, the engine for {Network.Name}.", nameof(network));
        if (shape.CoreTop < 0 || shape.CoreLeft < 0 || shape.CoreHeight < 1 || shape.CoreWidth < 1
            || shape.CoreTop > shape.Height - shape.CoreHeight || shape.CoreLeft > shape.Width - shape.CoreWidth)
            throw new ArgumentException($"The core does not lie in the window: {shape}.", nameof(shape));
        if (window.Length != shape.WindowValues)
            throw new ArgumentException($"The window has {window.Length} values, its shape {shape.WindowValues}.", nameof(window));
    }

    private IWindowGradient MakeGradient() =>
        Options.Precision == EnginePrecision.Float64 ? new WindowGradient<double>(_network) : new WindowGradient<float>(_network);
}
