using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Networks;

/// <summary>
/// Reads the messages of onnx.proto3 as far as they matter here (ModelProto, GraphProto, NodeProto, AttributeProto,
/// TensorProto, ValueInfoProto); field numbers are those of that file. What a graph means is <see cref="OnnxTranslation"/>'s business.
/// </summary>
internal sealed class OnnxModelReader
{
    private const int MostNodes = 10_000;
    private const int MostConstants = 50_000;
    private const int MostSides = 8;
    private const int MostListed = 4096;
    private const int LongestText = 1024;

    private static readonly Dictionary<string, OnnxAttribute> NoAttributes = [];

    private readonly OnnxBytes _bytes;
    private readonly WireReader _wire;

    private OnnxModelReader(OnnxBytes bytes, IWeightBytes file)
    {
        _bytes = bytes;
        _wire = new WireReader(file, "ONNX model");
    }

    /// <param name="bytes">The file with room for what is computed.</param>
    /// <param name="file">The file alone.</param>
    /// <exception cref="WeightsException">It is no ONNX model, or keeps its numbers elsewhere.</exception>
    public static OnnxModel Read(OnnxBytes bytes, IWeightBytes file) => new OnnxModelReader(bytes, file).ReadModel(file.Length);

    private OnnxModel ReadModel(long end)
    {
        long? opset = null;
        WireField? graph = null;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        for (long at = 0; Next(ref at, end, out var field);)
        {
            switch (field.Number)
            {
                case 7:
                    graph = Message(field);
                    break;
                case 8:
                    var (domain, version) = ReadOpset(Message(field));
                    if (domain is "" or "ai.onnx")
                        opset = version;
                    break;
                case 14:
                    var (key, value) = ReadEntry(Message(field));
                    if (metadata.Count < MostListed)
                        metadata[key] = value;
                    break;
            }
        }

        if (graph is null || opset is null)
            throw new WeightsException(_bytes.Name, $"it is no ONNX model: it holds no {(graph is null ? "graph" : "opset of ONNX's own operators")}.");
        return ReadGraph(graph.Value, opset.Value, metadata);
    }

    private OnnxModel ReadGraph(WireField graph, long opset, Dictionary<string, string> metadata)
    {
        var nodes = new List<OnnxNode>();
        var constants = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        var inputs = new List<OnnxInput>();
        var outputs = new List<string>();
        var at = graph.Start;
        while (Next(ref at, graph.End, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    nodes.Add(ReadNode(Message(field)));
                    break;
                case 5:
                    var constant = ReadTensor(Message(field), $"constant {constants.Count}");
                    if (!constants.TryAdd(constant.Name, constant))
                        throw new WeightsException(_bytes.Name, $"two of its constants are called \"{constant.Name}\".");
                    break;
                case 11:
                    inputs.Add(ReadInput(Message(field)));
                    break;
                case 12:
                    outputs.Add(ReadInput(Message(field)).Name);
                    break;
                case 15:
                    throw new WeightsException(_bytes.Name, "it holds sparse constants; only dense ones are read.");
            }

            if (nodes.Count > MostNodes || constants.Count > MostConstants || inputs.Count > MostConstants || outputs.Count > MostConstants)
                throw new WeightsException(_bytes.Name, $"it has more than {MostNodes} nodes or {MostConstants} constants.");
        }

        return new OnnxModel(opset, nodes, constants, inputs, outputs, metadata);
    }

    private OnnxNode ReadNode(WireField node)
    {
        string name = "", type = "", domain = "";
        var inputs = new List<string>();
        var outputs = new List<string>();
        Dictionary<string, OnnxAttribute>? attributes = null;
        var at = node.Start;
        while (Next(ref at, node.End, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    inputs.Add(Text(field));
                    break;
                case 2:
                    outputs.Add(Text(field));
                    break;
                case 3:
                    name = Text(field);
                    break;
                case 4:
                    type = Text(field);
                    break;
                case 5:
                    var (key, attribute) = ReadAttribute(Message(field));
                    (attributes ??= new(StringComparer.Ordinal))[key] = attribute;
                    break;
                case 7:
                    domain = Text(field);
                    break;
            }

            if (inputs.Count > MostListed || outputs.Count > MostListed)
                throw new WeightsException(_bytes.Name, $"its node \"{name}\" has more than {MostListed} inputs or outputs.");
        }

        if (type.Length == 0 || outputs.Count == 0)
            throw new WeightsException(_bytes.Name, $"it is no ONNX model: its node \"{name}\" has no {(type.Length == 0 ? "operator" : "output")}.");
        return new OnnxNode(name, type, domain == "ai.onnx" ? "" : domain, inputs, outputs, attributes ?? NoAttributes);
    }

    private (string Key, OnnxAttribute Attribute) ReadAttribute(WireField attribute)
    {
        var key = "";
        double? number = null;
        long? integer = null;
        string? text = null;
        OnnxTensor? tensor = null;
        List<double>? floats = null;
        List<long>? integers = null;
        var at = attribute.Start;
        while (Next(ref at, attribute.End, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    key = Text(field);
                    break;
                case 2:
                    Expect(field, WireType.Fixed32);
                    number = field.Single;
                    break;
                case 3:
                    Expect(field, WireType.Varint);
                    integer = (long)field.Value;
                    break;
                case 4 when field.Length <= 256:
                    text = Text(field);
                    break;
                case 5:
                    tensor = ReadTensor(Message(field), $"attribute \"{key}\"");
                    break;
                case 7:
                    ReadFloats(field, floats ??= []);
                    break;
                case 8:
                    ReadIntegers(field, integers ??= []);
                    break;
            }
        }

        if (key.Length == 0)
            throw new WeightsException(_bytes.Name, "it is no ONNX model: an attribute has no name.");
        return (key, new OnnxAttribute(number, integer, text, tensor, floats ?? (IReadOnlyList<double>)[], integers ?? (IReadOnlyList<long>)[]));
    }

    private void ReadFloats(WireField field, List<double> numbers)
    {
        if (field.Type == WireType.Fixed32)
        {
            numbers.Add(field.Single);
        }
        else
        {
            if (Message(field).Length / sizeof(float) > MostListed)
                throw TooLong();
            Span<byte> stored = stackalloc byte[sizeof(float)];
            for (var at = field.Start; field.End - at >= sizeof(float); at += sizeof(float))
            {
                _bytes.Read(at, stored);
                numbers.Add(BinaryPrimitives.ReadSingleLittleEndian(stored));
            }
        }

        if (numbers.Count > MostListed)
            throw TooLong();
    }

    private void ReadIntegers(WireField field, List<long> numbers)
    {
        if (field.Type == WireType.Varint)
        {
            numbers.Add((long)field.Value);
        }
        else
        {
            for (var at = Message(field).Start; at < field.End && numbers.Count <= MostListed;)
                numbers.Add((long)Varint(ref at, field.End));
        }

        if (numbers.Count > MostListed)
            throw TooLong();
    }

    private WeightsException TooLong() => new(_bytes.Name, $"an attribute or a shape in it lists more than {MostListed} numbers.");

    private OnnxTensor ReadTensor(WireField tensor, string unnamed)
    {
        // Numbers stand in the one field that goes with their type, or little-endian in raw_data.
        const int floatData = 4, int32Data = 5, int64Data = 7, rawData = 9, doubleData = 10, uint64Data = 11;
        var name = "";
        long type = 0;
        var sides = new List<long>();
        var pieces = new List<WireField>();
        var at = tensor.Start;
        while (Next(ref at, tensor.End, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    ReadIntegers(field, sides);
                    break;
                case 2:
                    Expect(field, WireType.Varint);
                    type = (long)field.Value;
                    break;
                case 8:
                    name = Text(field);
                    break;
                case floatData or int32Data or int64Data or rawData or doubleData or uint64Data:
                    pieces.Add(field);
                    break;
                case 13:
                case 14 when field.Value != 0:
                    throw new WeightsException(_bytes.Name, $"the numbers of {Called(name, unnamed)} lie in another file; save the model as one file.");
            }
        }

        var what = Called(name, unnamed);
        var (element, home) = type switch
        {
            1 => (WeightElement.Float32, floatData),
            2 or 3 or 9 => (WeightElement.Integer8, int32Data),
            4 or 5 => (WeightElement.Integer16, int32Data),
            6 => (WeightElement.Integer32, int32Data),
            7 => (WeightElement.Integer64, int64Data),
            10 => (WeightElement.Float16, int32Data),
            11 => (WeightElement.Float64, doubleData),
            12 => (WeightElement.Integer32, uint64Data),
            13 => (WeightElement.Integer64, uint64Data),
            16 => (WeightElement.BFloat16, int32Data),
            _ => throw new WeightsException(_bytes.Name, $"the numbers of {what} have the type {type}; float32 (1), float16 (10), float64 (11), bfloat16 (16) and integers are read."),
        };
        if (sides.Count > MostSides || sides.Any(side => side > int.MaxValue) || !TensorShape.TryCount(sides, out var count) || count > long.MaxValue / sizeof(double))
            throw new WeightsException(_bytes.Name, $"{what} has the shape {TensorShape.Describe(sides.Take(MostSides + 1))}, which makes no sense.");

        var offset = Place(pieces.Where(piece => piece.Number == rawData || piece.Number == home).ToList(), element, count, what);
        return new OnnxTensor(_bytes, name.Length == 0 ? unnamed : name, [.. sides.Select(side => (int)side)], element, offset);

        static string Called(string name, string unnamed) => name.Length == 0 ? unnamed : $"constant \"{name}\"";
    }

    /// <summary>Where a tensor's numbers lie in a row, little-endian; they are put there if they do not.</summary>
    private long Place(List<WireField> pieces, WeightElement element, long count, string what)
    {
        var size = element.Bytes();
        if (count == 0)
            return 0;
        if (pieces is [{ Type: WireType.Block } only] && (only.Number is 9 or 4 or 10) && only.Length == count * size)
            return only.Start;
        if (pieces.Any(piece => piece.Number == 9))
            throw Wrong(pieces.Where(piece => piece.Number == 9).Sum(piece => piece.Length));

        // A number takes a byte at least: what the file cannot hold is not made room for.
        if (count > pieces.Sum(piece => piece.Type == WireType.Block ? piece.Length : 1))
            throw Wrong(pieces.Sum(piece => piece.Type == WireType.Block ? piece.Length : 1));
        var (offset, values) = _bytes.Add(count * size, what);
        long done = 0;
        foreach (var piece in pieces)
        {
            if (piece.Type != WireType.Block)
            {
                Put(piece.Value);
                continue;
            }

            for (var at = piece.Start; at < piece.End;)
                Put(piece.Number is 4 or 10 ? Stored(ref at, piece.End, size) : Varint(ref at, piece.End));
        }

        return done == count ? offset : throw Wrong(done * size);

        void Put(ulong bits)
        {
            if (done == count)
                throw Wrong((done + 1) * size);
            Span<byte> number = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(number, bits);
            number[..size].CopyTo(values.AsSpan((int)(done++ * size)));
        }

        ulong Stored(ref long at, long end, int width)
        {
            if (width > end - at)
                throw Wrong(end - at);
            Span<byte> number = stackalloc byte[sizeof(ulong)];
            number.Clear();
            _bytes.Read(at, number[..width]);
            at += width;
            return BinaryPrimitives.ReadUInt64LittleEndian(number);
        }

        WeightsException Wrong(long length) => new(_bytes.Name, $"{what} has {count} numbers of {size} bytes by its shape, but {length} bytes of them are in the file.");
    }

    private OnnxInput ReadInput(WireField input)
    {
        var name = "";
        List<long?>? sides = null;
        for (var at = input.Start; Next(ref at, input.End, out var field);)
        {
            if (field.Number == 1)
                name = Text(field);
            else if (field.Number == 2)
                sides = ReadType(Message(field));
        }

        return new OnnxInput(name, sides);
    }

    // TypeProto.tensor_type.shape.dim
    private List<long?>? ReadType(WireField type)
    {
        List<long?>? sides = null;
        for (var at = type.Start; Next(ref at, type.End, out var tensor);)
        {
            for (var within = tensor.Start; tensor.Number == 1 && Next(ref within, Message(tensor).End, out var shape);)
            {
                if (shape.Number != 2)
                    continue;
                sides = [];
                for (var dimension = Message(shape).Start; Next(ref dimension, shape.End, out var side);)
                {
                    if (sides.Count < MostListed)
                        sides.Add(ReadSide(Message(side)));
                }
            }
        }

        return sides;
    }

    private long? ReadSide(WireField side)
    {
        long? fixedSide = null;
        for (var at = side.Start; Next(ref at, side.End, out var field);)
        {
            if (field is { Number: 1, Type: WireType.Varint } && (long)field.Value > 0)
                fixedSide = (long)field.Value;
        }

        return fixedSide;
    }

    private (string Domain, long Version) ReadOpset(WireField message)
    {
        var domain = "";
        long version = 0;
        for (var at = message.Start; Next(ref at, message.End, out var field);)
        {
            if (field.Number == 1)
                domain = Text(field);
            else if (field.Number == 2)
                version = (long)field.Value;
        }

        return (domain, version);
    }

    // Metadata may hold whole documents; only short values can mean anything here.
    private (string Key, string Value) ReadEntry(WireField message)
    {
        string key = "", value = "";
        for (var at = message.Start; Next(ref at, message.End, out var field);)
        {
            if (field is { Type: WireType.Block, Length: <= 256, Number: 1 or 2 })
                (key, value) = field.Number == 1 ? (Text(field), value) : (key, Text(field));
        }

        return (key, value);
    }

    /// <summary>Reads the next field of a message; a block's content is left for later.</summary>
    /// <param name="at">Where it begins; moved behind it.</param>
    private bool Next(ref long at, long end, out WireField field)
    {
        field = default;
        _wire.SkipTo(at, end);
        if (!_wire.TryReadField(end, out var number, out var type))
            return false;
        switch (type)
        {
            case WireType.Varint:
                field = new(number, type, _wire.ReadVarint(end), 0, 0);
                at = _wire.Position;
                break;
            case WireType.Block:
                at = _wire.ReadBlock(end);
                field = new(number, type, 0, _wire.Position, at);
                break;
            default:
                field = new(number, type, _wire.ReadFixed(type, end), 0, 0);
                at = _wire.Position;
                break;
        }

        return true;
    }

    private ulong Varint(ref long at, long end)
    {
        _wire.SkipTo(at, end);
        var value = _wire.ReadVarint(end);
        at = _wire.Position;
        return value;
    }

    private string Text(WireField field)
    {
        Expect(field, WireType.Block);
        if (field.Length > LongestText)
            throw new WeightsException(_bytes.Name, $"it holds a name of {field.Length} bytes; at most {LongestText} are accepted.");
        Span<byte> text = stackalloc byte[(int)field.Length];
        _bytes.Read(field.Start, text);
        return Encoding.UTF8.GetString(text);
    }

    private WireField Message(WireField field)
    {
        Expect(field, WireType.Block);
        return field;
    }

    private void Expect(WireField field, WireType type)
    {
        if (field.Type != type)
            throw new WeightsException(_bytes.Name, $"it is no ONNX model: its field {field.Number} is not stored as it would be there.");
    }
}
