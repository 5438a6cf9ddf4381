using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace DreamFarm.Engine.Tests;

/// <summary>Writes weights that no training would give.</summary>
internal static class Safetensors
{
    public static void Write(string path, IReadOnlyDictionary<string, int[]> shapes, float value)
    {
        var header = new Dictionary<string, object>();
        int offset = 0;
        foreach ((string name, int[] shape) in shapes)
        {
            int bytes = sizeof(float) * shape.Aggregate(1, (a, b) => a * b);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, offset + bytes } };
            offset += bytes;
        }

        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        var values = new float[offset / sizeof(float)];
        Array.Fill(values, value);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. MemoryMarshal.AsBytes<float>(values)]);
    }
}
