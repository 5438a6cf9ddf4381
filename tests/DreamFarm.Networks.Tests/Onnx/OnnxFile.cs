using System.Runtime.InteropServices;
using System.Text;

namespace DreamFarm.Networks.Tests;

/// <summary>Writes ONNX models, right or wrong. Field numbers are those of onnx.proto3.</summary>
internal sealed class OnnxFile
{
    private readonly List<byte> _graph = [];
    private readonly List<byte> _metadata = [];

    public long Opset { get; init; } = 13;

    /// <summary>Sides of the picture; 0 for one that is not fixed.</summary>
    public int[] Input { get; init; } = [1, 3, 32, 32];

    public string Name { get; init; } = "model.onnx";

    public OnnxFile Node(string type, string name, string inputs, string output, params byte[][] attributes)
    {
        _graph.AddRange(Block(1, [.. inputs.Split(' ').SelectMany(input => Text(1, input)), .. Text(2, output), .. Text(3, name), .. Text(4, type), .. attributes.SelectMany(attribute => attribute)]));
        return this;
    }

    /// <summary>Numbers 0.01, 0.02 and so on.</summary>
    public OnnxFile Constant(string name, params int[] sides) =>
        Tensor(name, 1, sides, Block(9, MemoryMarshal.AsBytes<float>([.. Enumerable.Range(1, sides.Aggregate(1, (a, b) => a * b)).Select(i => i / 100f)])));

    public OnnxFile Shape(string name, params long[] numbers) => Tensor(name, 7, [numbers.Length], Block(9, MemoryMarshal.AsBytes<long>(numbers)));

    public OnnxFile Tensor(string name, int type, int[] sides, byte[] numbers)
    {
        _graph.AddRange(Block(5, [.. sides.SelectMany(side => Integer(1, side)), .. Integer(2, type), .. Text(8, name), .. numbers]));
        return this;
    }

    public OnnxFile Metadata(string key, string value)
    {
        _metadata.AddRange(Block(14, [.. Text(1, key), .. Text(2, value)]));
        return this;
    }

    /// <summary>A second input of the graph.</summary>
    public OnnxFile With(string input)
    {
        _graph.AddRange(Block(11, Text(1, input)));
        return this;
    }

    /// <summary>A Conv with its weights.</summary>
    public OnnxFile Conv(string name, string input, string output, int channels, int each, int kernel, params byte[][] attributes) =>
        Constant($"{name}.w", channels, each, kernel, kernel).Node("Conv", name, $"{input} {name}.w", output, attributes);

    public byte[] ToBytes(string output = "out")
    {
        byte[] sides = [.. Input.SelectMany(side => Block(1, side == 0 ? Text(2, "any") : Integer(1, side)))];
        byte[] input = [.. Text(1, "x"), .. Block(2, Block(1, [.. Integer(1, 1), .. Block(2, sides)]))];
        return [.. Integer(1, 8), .. Text(2, "tests"), .. Block(7, [.. _graph, .. Block(11, input), .. Block(12, Text(1, output))]), .. Block(8, Integer(2, Opset)), .. _metadata];
    }

    public NetworkWeights Load() => NetworkWeights.Load((string?)null, WeightFile.Open(new MemoryWeightBytes(Name, ToBytes())));

    public NetworkDescription Describe()
    {
        using var weights = Load();
        return weights.Network;
    }

    public static byte[] Attribute(string name, params long[] values) => Block(5, [.. Text(1, name), .. Block(8, [.. values.SelectMany(value => Varint((ulong)value))])]);

    public static byte[] Attribute(string name, long value) => Block(5, [.. Text(1, name), .. Integer(3, value)]);

    public static byte[] Attribute(string name, string value) => Block(5, [.. Text(1, name), .. Text(4, value)]);

    public static byte[] Block(int field, ReadOnlySpan<byte> content) => [.. Varint((ulong)(field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    public static byte[] Integer(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Text(int field, string text) => Block(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
