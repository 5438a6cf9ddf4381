using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using DreamFarm.Dreaming;

namespace DreamFarm.Networks;

/// <summary>
/// A .safetensors file with weights for any network that is nowhere stored: its numbers are worked out as they are read,
/// each from its tensor's name and its place there. They keep the size of what goes through the network about the
/// same from layer to layer: He's bound for kernels, lively norms. goldens.py makes the same ones.
/// </summary>
internal sealed class RandomWeights : IWeightBytes
{
    private readonly byte[] _header;
    private readonly List<(long Start, string Name, int[] Shape)> _tensors = [];

    private RandomWeights(NetworkDescription network)
    {
        Name = $"random weights of {network.Name}";
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach (var (name, shape) in new NetworkGeometry(network).Tensors)
        {
            var bytes = sizeof(float) * shape.Aggregate(1L, (count, side) => count * side);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, offset + bytes } };
            _tensors.Add((offset, name, shape));
            offset += bytes;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        _header = [.. BitConverter.GetBytes((ulong)(json.Length + 7) / 8 * 8), .. json, .. Enumerable.Repeat((byte)' ', (8 - json.Length % 8) % 8)];
        Length = _header.Length + offset;
    }

    public string Name { get; }

    public long Length { get; }

    /// <summary>Weights of <paramref name="network"/> with its own number of classes, or another.</summary>
    public static NetworkWeights Of(NetworkDescription network, int? classes = null)
    {
        var nodes = network.Nodes.Select(node => node.Operation is Convolution { AnyChannels: true } classifier && classes is { } channels
            ? node with { Operation = classifier with { Channels = channels } }
            : node);
        return NetworkWeights.Load(network, FileOf(network with { Nodes = [.. nodes] }));
    }

    /// <summary>A file with exactly the tensors that <paramref name="network"/> needs.</summary>
    public static WeightFile FileOf(NetworkDescription network) => WeightFile.Open(new RandomWeights(network));

    /// <summary>A number of the stream that begins at <paramref name="seed"/>.</summary>
    public static ulong Number(ulong seed, long index) => SplitMix64.Mix(seed + (ulong)index);

    /// <summary>FNV-1a of a stream's name.</summary>
    public static ulong Seed(string name)
    {
        var seed = 0xCBF29CE484222325;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
            seed = (seed ^ letter) * 0x100000001B3;
        return seed;
    }

    public void Read(long offset, Span<byte> destination)
    {
        if (offset < _header.Length)
        {
            var part = _header.AsSpan((int)offset)[..(int)Math.Min(destination.Length, _header.Length - offset)];
            part.CopyTo(destination);
            offset += part.Length;
            destination = destination[part.Length..];
        }

        while (!destination.IsEmpty)
        {
            var place = offset - _header.Length;
            if (place % sizeof(float) != 0 || destination.Length % sizeof(float) != 0)
                throw new NotSupportedException("Random weights are read in whole numbers.");
            var (start, name, shape) = _tensors.Last(tensor => tensor.Start <= place);
            var count = shape.Aggregate(1L, (product, side) => product * side);
            var first = (place - start) / sizeof(float);
            var numbers = (int)Math.Min(destination.Length / sizeof(float), count - first);
            var (centre, spread) = Range(name, shape);
            var seed = Seed(name);
            for (var i = 0; i < numbers; i++)
            {
                var unit = (Number(seed, first + i) >> 11) * (1.0 / (1L << 52)) - 1;
                BinaryPrimitives.WriteSingleLittleEndian(destination[(i * sizeof(float))..], (float)(centre + spread * unit));
            }

            offset += (long)numbers * sizeof(float);
            destination = destination[(numbers * sizeof(float))..];
        }
    }

    public void Dispose()
    {
    }

    private static (double Centre, double Spread) Range(string name, int[] shape)
    {
        if (shape.Length > 1)
            return (0, Math.Sqrt(6.0 / shape[1..].Aggregate(1, (product, side) => product * side)));

        // The end of a residual branch: what is added to the shortcut must not double it.
        if (name.EndsWith("bn3.weight", StringComparison.Ordinal))
            return (0.4, 0.1);
        if (name.EndsWith(".weight", StringComparison.Ordinal))
            return (1, 0.2);
        if (name.EndsWith(".running_var", StringComparison.Ordinal))
            return (1, 0.5);
        return (0, name.EndsWith(".running_mean", StringComparison.Ordinal) ? 0.2 : 0.1);
    }
}
