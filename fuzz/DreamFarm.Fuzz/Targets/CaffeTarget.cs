using System.Text;

namespace DreamFarm.Fuzz;

/// <summary>A .caffemodel.</summary>
internal sealed class CaffeTarget : IFuzzTarget
{
    public string Name => "caffemodel";

    public int Share => 10;

    public IEnumerable<byte[]> Seeds =>
    [
        Network(Layer(100, 1, 2, 7, Shape(2, 2), Numbers(4))),
        Network(Layer(2, 4, 3, 6, OldShape(1, 1, 2, 1), Single(2))),
    ];

    public IReadOnlyList<string> Words => ["InnerProduct", "Convolution", "\u00a2\u0006", "\u0012", "\u0032", "\u003a", "*", "-", "B", "A"];

    public byte[] Build(Random random, Mutator mutator, byte[] seed)
    {
        // Every length is right, whatever is wrong within.
        int field = random.Next(2) == 0 ? 100 : 2;
        byte[] shape = random.Next(2) == 0 ? Shape((byte)random.Next(5), 2) : OldShape(1, 1, (byte)random.Next(5), 2);
        byte[] numbers = random.Next(2) == 0 ? Numbers(random.Next(9)) : Single(random.Next(9));
        return random.Next(5) switch
        {
            0 => mutator.Mutate(random, seed),
            1 => Network(Layer(field, 1, 2, 7, mutator.Mutate(random, shape), numbers)),
            2 => Network(Layer(field, 4, 3, 6, shape, mutator.Mutate(random, numbers))),
            3 => Network(Block(field, mutator.Mutate(random, [.. Block(4, "a"u8), .. Block(1, "a"u8), .. Block(6, [.. shape, .. numbers])]))),
            _ => Network([.. Enumerable.Range(0, random.Next(1, 300)).SelectMany(i => Layer(field, field == 2 ? 4 : 1, 3, field == 2 ? 6 : 7, shape, numbers, $"{i}"))]),
        };
    }

    public void Run(byte[] input) => WeightsInput.Read(input, portableOnly: false);

    private static byte[] Network(byte[] layers) => [.. Block(1, "net"u8), .. layers];

    private static byte[] Layer(int field, int nameField, int typeField, int blobsField, byte[] shape, byte[] numbers, string name = "a") =>
        Block(field, [.. Block(nameField, Encoding.UTF8.GetBytes(name)), .. Block(typeField, "InnerProduct"u8), .. Block(blobsField, [.. shape, .. numbers])]);

    private static byte[] Shape(params byte[] sides) => Block(7, Block(1, sides));

    private static byte[] OldShape(params byte[] sizes) => [.. sizes.SelectMany((size, i) => (byte[])[(byte)((i + 1) << 3), size])];

    private static byte[] Numbers(int count) => Block(5, new byte[4 * count]);

    private static byte[] Single(int count) => [.. Enumerable.Repeat<byte[]>([0x2d, 0, 0, 0x80, 0x3f], count).SelectMany(bytes => bytes)];

    private static byte[] Block(int field, ReadOnlySpan<byte> content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
