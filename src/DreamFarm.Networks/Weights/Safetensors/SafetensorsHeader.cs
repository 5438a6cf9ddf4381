using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DreamFarm.Networks;

/// <summary>The start of a .safetensors file: the length of its table of contents, and that table.</summary>
internal static class SafetensorsHeader
{
    private const int PrefixBytes = 8;

    /// <summary>What the header is padded to with spaces, bytes: the widest number.</summary>
    private const int Alignment = 8;

    /// <summary>The same metadata and tensors give the same bytes.</summary>
    /// <param name="metadata">Names and UTF-8 values; empty for none.</param>
    /// <param name="tensors">In the order in which their numbers follow, without gaps; wide kinds first, so that all are aligned.</param>
    public static byte[] Write(
        IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> metadata,
        IEnumerable<(string Name, WeightElement Element, IReadOnlyList<int> Shape, long Count)> tensors)
    {
        using var start = new MemoryStream();
        start.SetLength(PrefixBytes);
        start.Position = PrefixBytes;
        using (var json = new Utf8JsonWriter(start, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            long begin = 0;
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsReader.Metadata);
                foreach (var (name, value) in metadata)
                    json.WriteString(name, value.Span);
                json.WriteEndObject();
            }
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafetensorsReader.NameOf(tensor.Element));
                json.WriteStartArray("shape");
                foreach (var side in tensor.Shape)
                    json.WriteNumberValue(side);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(begin);
                json.WriteNumberValue(begin += tensor.Count * tensor.Element.Bytes());
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (start.Length % Alignment != 0)
            start.WriteByte((byte)' ');
        var bytes = start.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - PrefixBytes));
        return bytes;
    }
}
