using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Networks;

/// <summary>Writes tensors that are in memory as a .safetensors file.</summary>
public static class SafetensorsWriter
{
    /// <summary>
    /// Writes a whole file: under a temporary name beside its own until every byte is on the disk, so that under its own there is never half a file.
    /// The same arguments give the same bytes.
    /// </summary>
    /// <param name="element">How the numbers are stored: float16 or float32.</param>
    /// <param name="metadata">What the file says besides, by name.</param>
    /// <exception cref="ArgumentException">A number is infinite or not a number, or too large for <paramref name="element"/>; one sentence that names the tensor.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, WeightElement element, IReadOnlyDictionary<string, string> metadata, IEnumerable<(string Name, int[] Shape, ReadOnlyMemory<float> Values)> tensors)
    {
        var ordered = tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        var start = SafetensorsHeader.Write(
            [.. metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(entry.Value)))],
            ordered.Select(tensor => (tensor.Name, element, (IReadOnlyList<int>)tensor.Shape, (long)tensor.Values.Length)));
        var parts = ordered.Select(tensor => Encode(tensor.Name, element, tensor.Values.Span)).ToArray();

        // A name of its own, as the path's may be as long as names can be.
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".dreamfarm-{Guid.NewGuid():N}.part");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                file.Write(start);
                foreach (var part in parts)
                    file.Write(part);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static byte[] Encode(string name, WeightElement element, ReadOnlySpan<float> values)
    {
        var size = element.Bytes();
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
        {
            var place = bytes.AsSpan(i * size);
            var stored = element switch
            {
                WeightElement.Float16 => Half.IsFinite((Half)values[i]),
                WeightElement.Float32 => float.IsFinite(values[i]),
                _ => throw new ArgumentOutOfRangeException(nameof(element), element, "Weights are written as float16 or float32."),
            };
            if (!stored)
                throw new ArgumentException($"Tensor {name} holds {values[i]}, which cannot be written as {element}.");
            if (element == WeightElement.Float16)
                BinaryPrimitives.WriteHalfLittleEndian(place, (Half)values[i]);
            else
                BinaryPrimitives.WriteSingleLittleEndian(place, values[i]);
        }

        return bytes;
    }
}
