namespace DreamFarm.Networks;

/// <summary>
/// Reads the layers with weights of a .caffemodel, which is a protobuf NetParameter: those of <c>layer</c> and those of the older
/// <c>layers</c>, their blobs with a shape or with the four sizes that came before it. The layer's first blob becomes the tensor
/// <c>{layer}.weight</c>, its second <c>{layer}.bias</c>, others <c>{layer}.2</c> and so on. Nothing but names and sizes is kept in memory.
/// </summary>
internal sealed class CaffeReader
{
    // Of NetParameter.
    private const int OldLayers = 2;
    private const int Layers = 100;

    private const int MostTensors = 1 << 16;

    // A file as Caffe writes it has one run a tensor.
    private const int MostRuns = 1 << 16;
    private const int MostSides = 8;

    private readonly IWeightBytes _bytes;
    private readonly WireReader _reader;
    private readonly CaffeNumbers _numbers;
    private readonly Dictionary<string, WeightTensor> _tensors = new(StringComparer.Ordinal);

    private int _runs;

    private CaffeReader(IWeightBytes bytes)
    {
        _bytes = bytes;
        _reader = new WireReader(bytes, ".caffemodel");
        _numbers = new CaffeNumbers(bytes);
    }

    /// <summary>Whether a file can be a NetParameter: it begins with the tag of a name, a layer or an input.</summary>
    public static bool CanStart(byte first) => first is 0x0a or 0x12 or 0x1a or 0xa2;

    /// <param name="numbers">What the tensors lie in.</param>
    public static List<WeightTensor> Read(IWeightBytes bytes, out IWeightBytes numbers)
    {
        var reader = new CaffeReader(bytes);
        reader.ReadNetwork();
        numbers = reader._numbers;
        return [.. reader._tensors.Values];
    }

    private void ReadNetwork()
    {
        while (_reader.TryReadField(_bytes.Length, out var field, out var type))
        {
            if (field is Layers or OldLayers && type == WireType.Block)
                ReadLayer(_reader.ReadBlock(_bytes.Length), field == Layers ? LayerFields.New : LayerFields.Old);
            else
                _reader.Skip(type, _bytes.Length);
        }

        if (_tensors.Count == 0)
            throw new WeightsException(_bytes.Name, "it holds no layers with weights, as a .caffemodel does.");
    }

    private void ReadLayer(long end, LayerFields fields)
    {
        var name = "";
        var fullyConnected = false;
        var blobs = new List<Blob>();
        while (_reader.TryReadField(end, out var field, out var type))
        {
            if (field == fields.Name && type == WireType.Block)
                name = _reader.ReadText(end);
            else if (field == fields.Type && type == WireType.Block)
                fullyConnected = _reader.ReadText(end) == "InnerProduct";
            else if (field == fields.Type && type == WireType.Varint)
                fullyConnected = _reader.ReadVarint(end) == LayerFields.OldInnerProduct;
            else if (field == fields.Blobs && type == WireType.Block)
                blobs.Add(_tensors.Count + blobs.Count < MostTensors
                    ? ReadBlob(_reader.ReadBlock(end))
                    : throw new WeightsException(_bytes.Name, $"it has more than {MostTensors} tensors."));
            else if (field == fields.Oldest && type == WireType.Block)
                throw new WeightsException(_bytes.Name, "it was written before Caffe's layers had names of their own; Caffe's upgrade_net_proto_binary makes a file of today from it.");
            else
                _reader.Skip(type, end);
        }

        for (var i = 0; i < blobs.Count; i++)
            AddTensor($"{name}.{i switch { 0 => "weight", 1 => "bias", _ => i }}", blobs[i], isWeight: i == 0, fullyConnected);
    }

    private void AddTensor(string name, Blob blob, bool isWeight, bool fullyConnected)
    {
        var size = blob.Runs.Count == 0 ? sizeof(float) : blob.Runs[0].Size;
        var count = blob.Runs.Sum(run => run.Count);
        if (blob.Runs.Any(run => run.Size != size))
            throw new WeightsException(_bytes.Name, $"tensor \"{name}\" has numbers in single and in double precision.");
        if (blob.Shape.Any(side => side > int.MaxValue) || !TensorShape.TryCount(blob.Shape, out var claimed) || claimed != count)
            throw new WeightsException(_bytes.Name, $"tensor \"{name}\" has the shape {TensorShape.Describe(blob.Shape)}, which does not fit its {count} numbers.");

        // What came before shapes had four sizes, whatever it was: matrices and vectors begin with ones.
        var sides = isWeight ? 2 : 1;
        var shape = (!isWeight || fullyConnected) && blob.Shape.Count == 4 && blob.Shape.Take(4 - sides).All(side => side == 1) ? blob.Shape[^sides..] : blob.Shape;
        var element = size == sizeof(double) ? WeightElement.Float64 : WeightElement.Float32;
        if (!_tensors.TryAdd(name, new WeightTensor(_numbers, name, [.. shape.Select(side => (int)side)], element, _numbers.Length)))
            throw new WeightsException(_bytes.Name, $"it holds two tensors \"{name}\".");
        foreach (var run in blob.Runs)
            _numbers.Add(run);
    }

    private Blob ReadBlob(long end)
    {
        var shape = new List<long>();
        long[]? oldShape = null;
        var runs = new List<CaffeRun>();
        while (_reader.TryReadField(end, out var field, out var type))
        {
            switch (field, type)
            {
                case ( >= 1 and <= 4, WireType.Varint):
                    oldShape ??= new long[4];
                    oldShape[field - 1] = (long)_reader.ReadVarint(end);
                    break;
                case (5, _):
                    ReadNumbers(runs, type, WireType.Fixed32, sizeof(float), end);
                    break;
                case (7, WireType.Block):
                    ReadShape(shape, _reader.ReadBlock(end));
                    break;
                case (8, _):
                    ReadNumbers(runs, type, WireType.Fixed64, sizeof(double), end);
                    break;
                default:
                    _reader.Skip(type, end);
                    break;
            }
        }

        return new Blob(shape.Count == 0 && oldShape is not null ? [.. oldShape] : shape, runs);
    }

    /// <summary>Notes where numbers lie: packed ones as they are, single ones together with those before them where their distance allows.</summary>
    private void ReadNumbers(List<CaffeRun> runs, WireType type, WireType single, int size, long end)
    {
        CaffeRun run;
        if (type == WireType.Block)
        {
            var blockEnd = _reader.ReadBlock(end);
            if ((blockEnd - _reader.Position) % size != 0)
                throw _reader.Damaged();
            run = new CaffeRun(_reader.Position, (blockEnd - _reader.Position) / size, size, size);
        }
        else
        {
            // Before each number of a list stands the field's tag, one byte for these fields.
            run = type == single ? new CaffeRun(_reader.Position, 1, size, size + 1) : throw _reader.Damaged();
        }

        _reader.SkipTo(run.Offset + run.Bytes, end);
        if (runs.Count > 0 && runs[^1] is var last && last.Size == run.Size && last.Stride == run.Stride && last.End == run.Offset)
            runs[^1] = last with { Count = last.Count + run.Count };
        else if (run.Count > 0)
            runs.Add(++_runs <= MostRuns ? run : throw new WeightsException(_bytes.Name, $"its numbers lie in more than {MostRuns} pieces."));
    }

    private void ReadShape(List<long> shape, long end)
    {
        while (_reader.TryReadField(end, out var field, out var type))
        {
            if (field != 1 || type is not (WireType.Block or WireType.Varint))
            {
                _reader.Skip(type, end);
                continue;
            }

            var sidesEnd = type == WireType.Block ? _reader.ReadBlock(end) : end;
            do
                shape.Add(shape.Count < MostSides ? (long)_reader.ReadVarint(sidesEnd) : throw new WeightsException(_bytes.Name, $"it has a tensor of more than {MostSides} sides."));
            while (type == WireType.Block && _reader.Position < sidesEnd);
        }
    }

    private sealed record Blob(List<long> Shape, List<CaffeRun> Runs);

    /// <summary>Where a layer says what, in LayerParameter and in the V1LayerParameter before it.</summary>
    private sealed record LayerFields(int Name, int Type, int Blobs, int? Oldest)
    {
        /// <summary>INNER_PRODUCT among the types of V1LayerParameter.</summary>
        public const ulong OldInnerProduct = 14;

        public static LayerFields New { get; } = new(Name: 1, Type: 2, Blobs: 7, Oldest: null);

        public static LayerFields Old { get; } = new(Name: 4, Type: 5, Blobs: 6, Oldest: 1);
    }
}
