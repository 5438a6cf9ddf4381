using System.Buffers.Binary;
using System.Text.Json;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>Files of weights that a test can make by itself.</summary>
internal static class WeightsOf
{
    /// <summary>The built-in network's own, as a file.</summary>
    public static void Motif(string path)
    {
        using var weights = WeightFile.OpenBuiltIn(NetworkCatalog.Default)!;
        var content = new byte[weights.PortableLength];
        weights.ReadPortable(0, content);
        File.WriteAllBytes(path, content);
    }

    /// <summary>Zeros in the shapes of a network's tensors, as .safetensors; a classifier has as many classes as asked for.</summary>
    public static void Zeros(NetworkDescription network, string path, int classes = 1000)
    {
        var tensors = new NetworkGeometry(network).Tensors.Select(tensor => (tensor.Key, Shape: tensor.Value.Select(side => side == 1000 ? classes : side).ToArray())).ToArray();
        using var header = new MemoryStream();
        long end = 0;
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            foreach (var (name, shape) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WritePropertyName("shape");
                JsonSerializer.Serialize(json, shape);
                json.WritePropertyName("data_offsets");
                JsonSerializer.Serialize(json, (long[])[end, end += 4L * shape.Aggregate(1, (product, side) => product * side)]);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }

        using var file = File.Create(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header.ToArray());
        file.SetLength(file.Length + end);
    }
}
