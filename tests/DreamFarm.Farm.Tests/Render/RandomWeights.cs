using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>Weights of a network that nobody trained, as a .safetensors file.</summary>
internal static class RandomWeights
{
    /// <summary>Writes numbers that keep what goes through the network about its size: He's bound for kernels, norms near 1.</summary>
    /// <param name="scale">1, or what all of them are multiplied by.</param>
    public static void Write(string path, NetworkDescription network, float scale = 1)
    {
        var tensors = new NetworkGeometry(network).Tensors;
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach (var (name, shape) in tensors)
        {
            long end = offset + sizeof(float) * Count(shape);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, end } };
            offset = end;
        }

        using var file = File.Create(path);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(length);
        file.Write(json);
        var random = new Random(1);
        foreach (var (name, shape) in tensors)
        {
            var values = new float[Count(shape)];
            double spread = shape.Length > 1 ? Math.Sqrt(6.0 * shape[0] / Count(shape)) : 0.1;
            float centre = shape.Length == 1 && (name.EndsWith(".running_var", StringComparison.Ordinal) || name.EndsWith("bn.weight", StringComparison.Ordinal)) ? 1 : 0;
            for (int i = 0; i < values.Length; i++)
                values[i] = scale * (centre + (float)(spread * (2 * random.NextDouble() - 1)));
            file.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    private static long Count(int[] shape) => shape.Aggregate(1L, (count, side) => count * side);
}
