using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamFarm.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace DreamFarm.Training;

/// <summary>
/// Trains a network to tell the classes of a set of pictures apart. The weights are a function of the network, the pictures, the options and the
/// numerics of the machine (its libtorch, its processor, the number of threads): the same again, or interrupted and resumed, gives the same bits
/// on a CPU; a GPU's libraries may add in another order each time.
/// </summary>
public sealed class Trainer : IDisposable
{
    /// <summary>The key of a file's metadata that says, as JSON, how its weights were trained.</summary>
    public const string MetadataKey = "dreamfarm.training";

    /// <summary>How often, in all, the validation's pictures are looked at.</summary>
    private const int Validations = 10;

    /// <summary>Batches whose statistics weights that were trained before are normalised by, to begin with.</summary>
    private const int FirstBatches = 4;

    /// <summary>What one iteration counts in the means that are reported.</summary>
    private const double Newest = 0.05;

    /// <summary>How often a checkpoint is written: what is lost where the process is killed.</summary>
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(5);

    private readonly IPictureSet _training;
    private readonly IPictureSet? _validation;
    private readonly TrainingOptions _options;
    private readonly TimeProvider _time;
    private readonly Schedule _schedule;
    private readonly JsonObject _identity;
    private readonly TrainableNetwork _network;
    private readonly TensorValues[] _learnt;
    private readonly SGD.ParamGroup[] _groups;
    private readonly SGD _optimizer;

    // How far the pictures of the current batch are moved, [B][rows][columns][3]; and how far each may be, L2.
    private readonly float[] _movement;
    private readonly float[] _lengths;

    // The input of the network, [B, rows, columns, 3] in the CPU's memory, and on the device what is added to it: always 0 before a step of
    // an optimizer with the rate 1 adds its gradient.
    private readonly torch.Tensor _pixels;
    private readonly torch.Tensor _still;
    private readonly Parameter _shift;
    private readonly SGD _shiftOptimizer;

    private bool _begins;
    private int _iteration;
    private double? _validationAccuracy;

    /// <summary>Makes the network with its first weights.</summary>
    /// <param name="network">Of convolutions, poolings and joins, with a classifier that is one fully connected layer.</param>
    /// <param name="validation">Pictures that are only measured; null for none.</param>
    /// <param name="first">Weights of such a network with whatever classes, to begin with; null for random ones, which the seed decides.</param>
    /// <exception cref="ArgumentException">Options, classes, network or first weights make no sense together; one sentence for the user.</exception>
    /// <exception cref="WeightsException">The first weights cannot be read.</exception>
    public Trainer(
        NetworkDescription network, IPictureSet training, IPictureSet? validation, TrainingOptions options, TimeProvider? time = null, NetworkWeights? first = null)
    {
        options.Check();
        if (training.Count == 0)
            throw new ArgumentException("Without pictures there is nothing to train on.");
        if (validation is not null && !validation.Classes.SequenceEqual(training.Classes, StringComparer.Ordinal))
            throw new ArgumentException("The pictures of the validation have other classes than those of the training.");
        (_training, _validation, _options, _time) = (training, validation, options, time ?? TimeProvider.System);
        _schedule = new Schedule(options, training.Count);
        var device = TorchThread.Device(options.Device);
        _network = new TrainableNetwork(network, training.Classes, device, options.Seed);
        if (first is not null)
            _network.Begin(first);
        _begins = first is not null;
        _identity = Identify(first);

        var (weights, offsets) = (_network.Weights.ToArray(), _network.Offsets.ToArray());
        _learnt = [.. weights, .. offsets];
        _groups = [Group(weights, options.WeightDecay), Group(offsets, 0)];
        _optimizer = torch.optim.SGD(_groups, options.LearningRate);

        var (batch, side) = (options.Batch, options.Crop);
        _movement = new float[batch * side * side * 3];
        _lengths = new float[batch];
        using var scope = torch.NewDisposeScope();
        _pixels = torch.empty([batch, side, side, 3], torch.ScalarType.Float32).DetachFromDisposeScope();
        _still = ChannelsLast(batch, side, device).DetachFromDisposeScope();
        _shift = new Parameter(ChannelsLast(batch, side, device));
        _shift.DetachFromDisposeScope();
        _shiftOptimizer = torch.optim.SGD(new[] { _shift }, learningRate: 1, maximize: true);
    }

    /// <summary>The network with the classes that it is trained for.</summary>
    public NetworkDescription Network => _network.Description;

    /// <summary>Iterations in all, known before the first.</summary>
    public int Iterations => _schedule.Iterations;

    /// <summary>Bytes of a checkpoint's numbers; some thousands that name them come to those.</summary>
    public long CheckpointBytes => sizeof(float) * (2L * _learnt.Sum(values => values.Count) + _network.Statistics.Sum(values => values.Count));

    /// <summary>
    /// Trains to the end, from where the checkpoint says or else from where this trainer is. Where a checkpoint is asked for, there is one when this ends: at the
    /// end, when it was cancelled, and at intervals.
    /// </summary>
    /// <param name="checkpoint">A file; null for none.</param>
    /// <param name="progress">Told after every iteration, on the thread that trains.</param>
    /// <returns>The last progress.</returns>
    /// <exception cref="TrainingException">A picture cannot be used, the checkpoint is another training's or cannot be written, or the loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the batch that was begun is finished first.</exception>
    public Task<TrainingProgress> TrainAsync(string? checkpoint = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        TorchThread.Run(_options.Threads, () => Train(checkpoint, progress, cancellation));

    /// <summary>Writes the weights as they are now, normalisations folded in, as .safetensors: whole or not at all.</summary>
    /// <exception cref="TrainingException">The file cannot be written, or a weight cannot be stored as asked for.</exception>
    public void Export(string path, ExportOptions options)
    {
        var training = new JsonObject
        {
            ["classes"] = JsonSerializer.SerializeToNode(_training.Classes),
            ["recipe"] = JsonSerializer.SerializeToNode(_options, TrainingOptions.Json),
            ["pictures"] = _training.Count,
            ["iterations"] = _iteration,
            ["accuracy"] = _validationAccuracy,
        };
        if (_identity["first_weights"] is { } first)
            training["first_weights"] = first.DeepClone();
        foreach (var (name, note) in options.Notes)
            training[name] = note;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [MetadataKey] = training.ToJsonString() };
        if (options.DescribeNetwork)
            metadata[NetworkDescriptionJson.MetadataKey] = Encoding.UTF8.GetString(NetworkDescriptionJson.Write(Network));
        try
        {
            SafetensorsWriter.Write(path, options.Element, metadata, _network.Export());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TrainingException($"The weights cannot be written to {path}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _shiftOptimizer.Dispose();
        _shift.Dispose();
        _still.Dispose();
        _pixels.Dispose();
        _network.Dispose();
    }

    private TrainingProgress Train(string? checkpoint, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        if (checkpoint is not null && File.Exists(checkpoint))
            Load(checkpoint);
        else if (_begins)
            Renormalise();
        _begins = false;
        var (begun, start) = (_iteration, _time.GetTimestamp());
        var saved = start;
        var (loss, accuracy, weight) = (0.0, 0.0, 0.0);
        var validated = begun * Validations / Iterations;
        _network.Train(true);

        // On a GPU the processors have nothing else to do.
        var makers = Math.Max(1, _options.Device == "cpu" ? Environment.ProcessorCount / 2 : Environment.ProcessorCount - 1);
        using var queue = new BatchQueue(
            new BatchMaker(_training, _options), _schedule.BatchOf(begun), _schedule.Batches, makers, () => new TrainingBatch(_options.Batch, _options.Crop, _training.Classes.Count));
        while (_iteration < Iterations)
        {
            if (cancellation.IsCancellationRequested || checkpoint is not null && _time.GetElapsedTime(saved) >= CheckpointInterval)
            {
                Save(checkpoint);
                saved = _time.GetTimestamp();
                cancellation.ThrowIfCancellationRequested();
            }
            if (_iteration * Validations / Iterations > validated)
            {
                validated = _iteration * Validations / Iterations;
                Validate(checkpoint, cancellation);
            }

            // All iterations that use one batch: a checkpoint is taken between batches and need not keep how far pictures were moved.
            var number = _schedule.BatchOf(_iteration);
            var batch = queue.Take(number);
            Array.Clear(_movement);
            var draws = new Draws(_options.Seed, Purpose.Movement, (ulong)number);
            var epsilon = (float)_schedule.Epsilon(_iteration);
            foreach (ref var length in _lengths.AsSpan())
                length = epsilon * draws.Uniform();
            bool again;
            do
            {
                again = _schedule.IsUsedAgain(_iteration);
                var (newLoss, newAccuracy) = Step(batch, again);
                if (!double.IsFinite(newLoss))
                    throw Diverged(string.Create(CultureInfo.InvariantCulture, $"The loss became {newLoss} in iteration {_iteration + 1} of {Iterations}"), checkpoint);
                _iteration++;
                (loss, accuracy, weight) = ((1 - Newest) * loss + newLoss, (1 - Newest) * accuracy + newAccuracy, (1 - Newest) * weight + 1);
                progress?.Report(Progress(loss / weight, accuracy / weight, begun, start));
            }
            while (again);
            queue.GiveBack(batch);
        }

        if (checkpoint is not null)
            Save(checkpoint);
        if (_validation is not null)
            _validationAccuracy = AccuracyMeter.Measure(_network, _validation, _options.Crop, _options.Zoom, cancellation);
        var last = Progress(weight > 0 ? loss / weight : null, weight > 0 ? accuracy / weight : null, begun, start);
        progress?.Report(last);
        return last;
    }

    private void Renormalise()
    {
        using var scope = torch.NewDisposeScope();
        using var batch = new TrainingBatch(_options.Batch, _options.Crop, _training.Classes.Count);
        var maker = new BatchMaker(_training, _options);
        _network.Renormalise(Enumerable.Range(0, FirstBatches).Select(number =>
        {
            maker.Make(number, batch);
            return TensorValues.Make(batch.Pixels, _pixels.shape).permute(0, 3, 1, 2).to(_network.Device);
        }));
    }

    /// <summary>One iteration: the pictures, moved so far; forward, loss, backward; the weights' step; and how far the pictures are to be moved next.</summary>
    private (double Loss, double Accuracy) Step(TrainingBatch batch, bool usedAgain)
    {
        using var scope = torch.NewDisposeScope();
        TensorPrimitives.Add(batch.Pixels, _movement, MemoryMarshal.Cast<byte, float>(_pixels.bytes));
        var input = _pixels.permute(0, 3, 1, 2).to(_network.Device);
        if (usedAgain)
        {
            using (torch.no_grad())
                _shift.copy_(_still);
            input = input.add(_shift);
            _shiftOptimizer.zero_grad();
        }

        var targets = TensorValues.Make(batch.Targets, [_options.Batch, _training.Classes.Count]).to(_network.Device);
        var logits = _network.Forward(input, Dropout());
        var loss = functional.cross_entropy(logits, targets, label_smoothing: _options.LabelSmoothing);
        _optimizer.zero_grad();
        loss.backward();
        foreach (var group in _groups)
            group.LearningRate = _schedule.Rate(_iteration);
        _optimizer.step();

        if (usedAgain)
        {
            _shiftOptimizer.step();
            Move(MemoryMarshal.Cast<byte, float>(_shift.permute(0, 2, 3, 1).cpu().contiguous().bytes));
        }
        return (MemoryMarshal.Read<float>(loss.cpu().bytes), (double)AccuracyMeter.CountRight(logits, batch.Labels) / _options.Batch);
    }

    /// <summary>What the classifier's inputs are multiplied by; drawn here, as libtorch's own draws could not be resumed.</summary>
    private torch.Tensor? Dropout()
    {
        if (_options.Dropout == 0)
            return null;
        var draws = new Draws(_options.Seed, Purpose.Dropout, (ulong)_iteration);
        var (dropped, kept) = ((float)_options.Dropout, (float)(1 / (1 - _options.Dropout)));
        var mask = torch.empty([_options.Batch, _network.Features], torch.ScalarType.Float32);
        foreach (ref var factor in MemoryMarshal.Cast<byte, float>(mask.bytes))
            factor = draws.Chance(dropped) ? 0 : kept;
        return mask.to(_network.Device);
    }

    /// <summary>Moves every picture along its gradient by its own length, and back to at most that length.</summary>
    private void Move(ReadOnlySpan<float> gradient)
    {
        const float least = 1e-12f;
        var each = gradient.Length / _lengths.Length;
        for (var picture = 0; picture < _lengths.Length; picture++)
        {
            var length = _lengths[picture];
            var own = gradient.Slice(picture * each, each);
            var moved = _movement.AsSpan(picture * each, each);
            TensorPrimitives.MultiplyAdd(own, length / (TensorPrimitives.Norm(own) + least), moved, moved);
            var far = TensorPrimitives.Norm<float>(moved);
            if (far > length)
                TensorPrimitives.Multiply(moved, length / far, moved);
        }
    }

    private TrainingProgress Progress(double? loss, double? accuracy, int begun, long start) => new(
        (double)_iteration * _options.Batch / _training.Count,
        _iteration,
        Iterations,
        loss,
        accuracy,
        _validationAccuracy,
        _iteration > begun ? _time.GetElapsedTime(start) / (_iteration - begun) * (Iterations - _iteration) : null);

    private void Validate(string? checkpoint, CancellationToken cancellation)
    {
        if (_validation is null)
            return;
        try
        {
            _validationAccuracy = AccuracyMeter.Measure(_network, _validation, _options.Crop, _options.Zoom, cancellation);
        }
        catch (OperationCanceledException)
        {
            Save(checkpoint);
            throw;
        }
    }

    private void Save(string? checkpoint)
    {
        if (checkpoint is null)
            return;
        var momentum = _learnt.Zip(States(), (values, state) => (values, state.momentum_buffer))
            .Where(pair => pair.momentum_buffer is not null)
            .Select(pair => (pair.values.Name, pair.values.Shape, TensorValues.Read(pair.momentum_buffer!)));
        try
        {
            TrainingCheckpoint.Save(checkpoint, _identity, _iteration, [.. _learnt, .. _network.Statistics], momentum);
        }
        catch (ArgumentException error)
        {
            // A step after which the loss was not computed yet.
            throw Diverged(string.Create(CultureInfo.InvariantCulture, $"The weights became infinite in iteration {_iteration} of {Iterations}"), checkpoint, error);
        }
    }

    /// <summary>Numbers have left all bounds, and as draws and rates are fixed they always will: the sentence says what can be changed.</summary>
    private static TrainingException Diverged(string what, string? checkpoint, Exception? inner = null) => new(
        $"{what}, which would happen again: train with another seed or other pictures{(File.Exists(checkpoint) ? $", and remove {checkpoint} before" : "")}.", inner);

    private void Load(string checkpoint)
    {
        var states = _learnt.Zip(States()).ToDictionary(pair => pair.First.Name, pair => (Values: pair.First, State: pair.Second), StringComparer.Ordinal);
        _iteration = TrainingCheckpoint.Load(checkpoint, _identity, [.. _learnt, .. _network.Statistics], (name, momentum) =>
        {
            using var scope = torch.NewDisposeScope();
            var (values, state) = states[name];
            state.momentum_buffer?.Dispose();
            state.momentum_buffer = TensorValues.Make(momentum, values.Tensor.shape).to(_network.Device).DetachFromDisposeScope();
        });
    }

    /// <summary>What the optimizer keeps of each of <see cref="_learnt"/>, in their order.</summary>
    private IEnumerable<SGD.State> States() => _optimizer.state_dict().State.Cast<SGD.State>();

    private SGD.ParamGroup Group(TensorValues[] values, double decay) => new(
        Array.ConvertAll(values, one => (Parameter)one.Tensor), lr: _options.LearningRate, momentum: _options.Momentum, weight_decay: decay, nesterov: true);

    /// <summary>What a checkpoint has to agree in.</summary>
    private JsonObject Identify(NetworkWeights? first)
    {
        // Other pictures are told before what follows from them.
        var identity = new JsonObject { ["pictures"] = new JsonArray(_training.Count, _training.Identity) };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(_options, TrainingOptions.Json)!.AsObject())
        {
            if (name is not ("device" or "threads"))
                identity[name] = value?.DeepClone();
        }
        identity["classes"] = JsonSerializer.SerializeToNode(_training.Classes);
        identity["network"] = JsonNode.Parse(NetworkDescriptionJson.Write(_network.Description));
        if (first is not null)
            identity["first_weights"] = new JsonArray(first.Sha256);
        return JsonNode.Parse(identity.ToJsonString())!.AsObject();
    }

    /// <summary>Zeros [B, 3, rows, columns], channels last in memory.</summary>
    private static torch.Tensor ChannelsLast(int batch, int side, torch.Device device) =>
        torch.full([batch, side, side, 3], 0, torch.ScalarType.Float32, device).permute(0, 3, 1, 2);
}
