using System.Text;

namespace DreamFarm.Fuzz;

/// <summary>An ONNX model.</summary>
internal sealed class OnnxTarget : IFuzzTarget
{
    // Field numbers of onnx.proto3.
    private const int GraphNode = 1, GraphConstant = 5, GraphInput = 11, GraphOutput = 12;

    public string Name => "onnx";

    public int Share => 20;

    public IEnumerable<byte[]> Seeds =>
    [
        Model(13, Constant("w", 1, [2, 3, 1, 1], Raw(24)), Node("Conv", "c", ["x", "w"], "y"), Node("Relu", "r", ["y"], "z")),
        Model(7, Constant("w", 1, [4, 3, 3, 3], Raw(432)), Constant("f", 10, [5, 4], Block(5, new byte[20])),
            Node("Conv", "c", ["x", "w"], "y", Integers("pads", 0, 1, 1, 0), Integers("strides", 2, 2)), Node("LeakyRelu", "l", ["y"], "z"),
            Node("GlobalAveragePool", "g", ["z"], "p"), Node("Flatten", "n", ["p"], "q"), Node("Gemm", "d", ["q", "f"], "s", Integer("transB", 1)), Node("Softmax", "m", ["s"], "t")),
        Model(21, Constant("a", 7, [2], Block(7, [2, 3])), Constant("o", 1, [], Block(4, [0, 0, 0x80, 0x3f])), Node("Add", "", ["x", "o"], "y"), Node("ReduceMean", "", ["y", "a"], "z"),
            Node("Mul", "", ["y", "z"], "p"), Node("Pad", "", ["p", "s"], "u"), Constant("s", 7, [8], Block(7, [0, 0, 1, 0, 0, 0, 0, 2])),
            Node("Concat", "", ["u", "u"], "v", Integer("axis", 1)), Node("MaxPool", "", ["v"], "w", Integers("kernel_shape", 2, 2), Integers("pads", 1, 1, 1, 1))),
        Model(11, Node("Shape", "", ["x"], "a"), Constant("i", 7, [1], Block(7, [0])), Constant("r", 7, [1], Block(7, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1])), Node("Gather", "", ["a", "i"], "b"),
            Node("Concat", "", ["b", "r"], "c", Integer("axis", 0)),
            Node("Sigmoid", "", ["x"], "d"), Node("Reshape", "", ["d", "c"], "e"), Node("Transpose", "", ["d"], "f", Integers("perm", 0, 2, 3, 1)), Node("Clip", "", ["f"], "g")),
    ];

    public IReadOnlyList<string> Words =>
    [
        "Conv", "Gemm", "MatMul", "MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean", "Pad", "Clip", "Softmax", "BatchNormalization", "LRN", "Add", "Sub", "Mul", "Div",
        "Concat", "Constant", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Shape", "Gather", "Slice", "Cast", "Dropout", "axes", "axis", "value", "auto_pad",
        "SAME_UPPER", "SAME_LOWER", "group", "dilations", "ceil_mode", "\u0008", "\u0012", "*", "@", "J", "x", "y", "w",
    ];

    public byte[] Build(Random random, Mutator mutator, byte[] seed)
    {
        if (random.Next(3) == 0)
            return mutator.Mutate(random, seed);

        // Every length is right, and the graph goes on from node to node; what they are, and what they are given, is chance.
        var parts = new List<byte[]>
        {
            Constant("w", 1, [(byte)random.Next(6), (byte)random.Next(1, 4), (byte)random.Next(4), 1], random.Next(2) == 0 ? Raw(4 * random.Next(60)) : Block(4, new byte[4 * random.Next(60)])),
            Constant("i", 7, [(byte)random.Next(9)], Block(7, Bytes(random, random.Next(9)))),
            Constant("f", (byte)random.Next(17), [(byte)random.Next(4), (byte)random.Next(4)], Block(random.Next(2) == 0 ? 9 : 5, Bytes(random, random.Next(40)))),
        };
        string[] names = ["x", "w", "i", "f", ""];
        for (int i = random.Next(1, 12); i > 0; i--)
        {
            string[] inputs = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(3) == 0 ? names[^1] : names[random.Next(names.Length)])];
            byte[][] attributes = [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(2) == 0
                ? Integer(Word(random), (byte)random.Next(20))
                : Integers(random.Next(2) == 0 ? "kernel_shape" : Word(random), Bytes(random, random.Next(9))))];
            byte[] node = Node(Words[random.Next(28)], random.Next(2) == 0 ? "n" : "", inputs, $"o{i}", attributes);
            parts.Add(random.Next(8) == 0 ? Block(GraphNode, mutator.Mutate(random, node)) : node);
            names = [.. names, $"o{i}"];
        }
        return Model((byte)random.Next(6, 23), [.. parts]);
    }

    public void Run(byte[] input) => WeightsInput.Read(input, portableOnly: false);

    private static byte[] Model(byte opset, params byte[][] parts) =>
    [
        8, 8, .. Block(2, "fuzz"u8), .. Block(8, [0x10, opset]),
        .. Block(7, [.. parts.SelectMany(part => part), .. Block(GraphInput, [.. Block(1, "x"u8), .. Block(2, Block(1, Block(2, [.. Side(1), .. Side(3), .. Side(8), .. Side(8)])))]), .. Block(GraphOutput, Block(1, "z"u8))]),
    ];

    private static byte[] Side(byte cells) => Block(1, [8, cells]);

    private static byte[] Node(string type, string name, string[] inputs, string output, params byte[][] attributes) => Block(GraphNode,
    [
        .. inputs.SelectMany(input => Text(1, input)), .. Text(2, output), .. Text(3, name), .. Text(4, type), .. attributes.SelectMany(attribute => attribute),
    ]);

    private static byte[] Constant(string name, byte type, byte[] sides, byte[] numbers) =>
        Block(GraphConstant, [.. Block(1, sides), 0x10, type, .. Text(8, name), .. numbers]);

    private static byte[] Raw(int length) => Block(9, new byte[length]);

    private static byte[] Integer(string name, byte value) => Block(5, [.. Text(1, name), 0x18, value]);

    private static byte[] Integers(string name, params byte[] values) => Block(5, [.. Text(1, name), .. Block(8, values)]);

    private static byte[] Bytes(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(random.Next(4) == 0 ? 128 : 4))];

    private string Word(Random random) => Words[random.Next(Words.Count)];

    private static byte[] Text(int field, string text) => Block(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Block(int field, ReadOnlySpan<byte> content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
