using System.Buffers.Binary;
using System.Text.Json;

namespace DreamFarm.Networks;

/// <summary>
/// Reads the table of contents of a .safetensors file: 8 bytes with the header's length, a JSON object of tensors
/// (<c>dtype</c>, <c>shape</c>, <c>data_offsets</c>), then the numbers, without gaps.
/// </summary>
internal static class SafetensorsReader
{
    /// <summary>The entry of the header that is no tensor.</summary>
    public const string Metadata = "__metadata__";

    private const int PrefixBytes = 8;
    private const int MaxHeaderBytes = 16 << 20;
    private const int MaxSides = 8;

    private static readonly IReadOnlyDictionary<string, string> EmptyMetadata = new Dictionary<string, string>();

    /// <param name="metadata">What the file says besides, by name.</param>
    public static List<WeightTensor> Read(IWeightBytes bytes, out IReadOnlyDictionary<string, string> metadata)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        bytes.Read(0, prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderBytes)
            throw new WeightsException(bytes.Name, $"its safetensors header claims {length} bytes; at most {MaxHeaderBytes} are accepted.");
        if ((long)length > bytes.Length - PrefixBytes)
            throw new WeightsException(bytes.Name, $"its safetensors header claims {length} bytes, but the file ends after {bytes.Length - PrefixBytes}; it was cut short.");

        var header = new byte[length];
        bytes.Read(PrefixBytes, header);
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            metadata = ReadMetadata(json.RootElement);
            return ReadHeader(bytes, json.RootElement, PrefixBytes + (long)length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is no valid text.
            throw new WeightsException(bytes.Name, "its safetensors header is not a JSON object with every name once.", error);
        }
    }

    /// <summary>What the format calls a floating-point kind.</summary>
    public static string NameOf(WeightElement element) => element switch
    {
        WeightElement.Float16 => "F16",
        WeightElement.BFloat16 => "BF16",
        WeightElement.Float32 => "F32",
        WeightElement.Float64 => "F64",
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "Integers are no weights."),
    };

    private static IReadOnlyDictionary<string, string> ReadMetadata(JsonElement header) =>
        header.ValueKind == JsonValueKind.Object && header.TryGetProperty(Metadata, out var metadata) && metadata.ValueKind == JsonValueKind.Object
            ? metadata.EnumerateObject()
                .Where(entry => entry.Value.ValueKind == JsonValueKind.String)
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!, StringComparer.Ordinal)
            : EmptyMetadata;

    private static List<WeightTensor> ReadHeader(IWeightBytes bytes, JsonElement header, long dataStart)
    {
        if (header.ValueKind != JsonValueKind.Object)
            throw new WeightsException(bytes.Name, "its safetensors header is not a JSON object.");
        var entries = new List<(WeightTensor Tensor, long Begin, long End)>();
        foreach (var property in header.EnumerateObject())
        {
            if (property.Name != Metadata)
                entries.Add(ReadEntry(bytes, property.Name, property.Value, dataStart));
        }

        long expected = 0;
        foreach (var (tensor, begin, end) in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (begin != expected)
                throw new WeightsException(bytes.Name, $"tensor \"{tensor.Name}\" starts at byte {begin} of the data, {(begin < expected ? "inside another tensor" : "behind a gap")}; tensors have to follow one another.");
            expected = end;
        }

        if (expected != bytes.Length - dataStart)
            throw new WeightsException(bytes.Name, $"its tensors take {expected} bytes, but {bytes.Length - dataStart} follow the header.");
        return [.. entries.Select(entry => entry.Tensor)];
    }

    private static (WeightTensor Tensor, long Begin, long End) ReadEntry(IWeightBytes bytes, string name, JsonElement entry, long dataStart)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !TryReadNumbers(entry, "shape", MaxSides, int.MaxValue, out var shape)
            || !TryReadNumbers(entry, "data_offsets", 2, long.MaxValue, out var offsets) || offsets.Count != 2)
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" lacks a sensible dtype, shape (at most {MaxSides} sides) or data_offsets.");

        var element = type.GetString() switch
        {
            "F16" => WeightElement.Float16,
            "BF16" => WeightElement.BFloat16,
            "F32" => WeightElement.Float32,
            "F64" => WeightElement.Float64,
            "BOOL" or "U8" or "I8" => WeightElement.Integer8,
            "U16" or "I16" => WeightElement.Integer16,
            "U32" or "I32" => WeightElement.Integer32,
            "U64" or "I64" => WeightElement.Integer64,
            var other => throw new WeightsException(bytes.Name, $"tensor \"{name}\" has the dtype \"{other}\"; F32, F16, BF16 or F64 are needed."),
        };

        var (begin, end) = (offsets[0], offsets[1]);
        if (begin > end || end > bytes.Length - dataStart)
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" lies at bytes {begin} to {end} of {bytes.Length - dataStart}; the file was cut short or its header is wrong.");
        if (!TensorShape.TryCount(shape, out var count) || count > long.MaxValue / sizeof(double) || count * element.Bytes() != end - begin)
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" has the shape {TensorShape.Describe(shape)}, which does not fit its {end - begin} bytes.");
        return (new WeightTensor(bytes, name, [.. shape.Select(side => (int)side)], element, dataStart + begin), begin, end);
    }

    private static bool TryReadNumbers(JsonElement entry, string property, int most, long largest, out List<long> numbers)
    {
        numbers = [];
        if (!entry.TryGetProperty(property, out var array) || array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > most)
            return false;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0 || number > largest)
                return false;
            numbers.Add(number);
        }

        return true;
    }
}
