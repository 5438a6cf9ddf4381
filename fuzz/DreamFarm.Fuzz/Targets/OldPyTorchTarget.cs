using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Fuzz;

/// <summary>A .pth from before PyTorch 1.6: pickles one behind the other, then numbers.</summary>
internal sealed class OldPyTorchTarget : IFuzzTarget
{
    private static readonly byte[] Head = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.', 0x80, 2, (byte)'M', 0xe9, 3, (byte)'.'];

    // What this layout has beside the other one's.
    private static readonly byte[] Opcodes = [.. "N]aeU(JKMXtsuhRb}).Q"u8, 0x85, 0x86, 0x87, 0x88, 0x89, (byte)'q'];

    public string Name => "old-pth";

    public int Share => 10;

    public IEnumerable<byte[]> Seeds => [File(State("a", 4, 2, 2), Keys(), Storage(4)), File(State("layer.weight", 6, 1, 2, 3), Keys(), Storage(6)), File(ListState(), Keys(), Storage(4))];

    public IReadOnlyList<string> Words =>
        ["ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_tensor\n", "ctorch.nn.parameter\nParameter\n", "ctorch\nFloatStorage\n", "ctorch\nDoubleStorage\n", "ccollections\nOrderedDict\n", "cos\nsystem\n", "storage", "little_endian", "](", "e.", "]q\u0001("];

    public byte[] Build(Random random, Mutator mutator, byte[] seed)
    {
        byte[] state = random.Next(2) == 0 ? State("a", 4, 2, 2) : ListState();
        switch (random.Next(4))
        {
            case 0:
                return mutator.Mutate(random, seed);
            case 1:
                return File(mutator.Mutate(random, state), Keys(), Storage(4));
            case 2:
                return File(state, mutator.Mutate(random, Keys()), mutator.Mutate(random, Storage(4)));
            default:
                // Lists that are filled, copied and taken apart again and again.
                var code = new List<byte>(state.AsSpan(0, random.Next(2, state.Length)).ToArray());
                for (int steps = random.Next(400); steps > 0; steps--)
                {
                    code.Add(Opcodes[random.Next(Opcodes.Length)]);
                    for (int argument = random.Next(3); argument > 0; argument--)
                        code.Add((byte)random.Next(4));
                }
                return File([.. code, (byte)'.'], Keys(), Storage(4));
        }
    }

    public void Run(byte[] input) => WeightsInput.Read(input, portableOnly: false);

    private static byte[] File(byte[] state, byte[] keys, byte[] storages) =>
        [.. Head, 0x80, 2, .. "}X\u000d\0\0\0little_endian"u8, 0x88, .. "s."u8, .. state, .. keys, .. storages];

    private static byte[] State(string name, byte count, params byte[] shape)
    {
        var bytes = new List<byte> { 0x80, 2, (byte)'}', (byte)'q', 0 };
        Text(bytes, name);
        Tensor(bytes, count, shape);
        bytes.AddRange("s."u8);
        return [.. bytes];
    }

    // As Python 2 has it: a dictionary made of a list of lists.
    private static byte[] ListState()
    {
        var bytes = new List<byte> { 0x80, 2 };
        bytes.AddRange("ccollections\nOrderedDict\nq\u0001]q\u0002](U\u0001a"u8);
        Tensor(bytes, 4, 4);
        bytes.AddRange([(byte)'e', (byte)'a', 0x85, .. "R."u8]);
        return [.. bytes];
    }

    private static void Tensor(List<byte> bytes, byte count, params byte[] shape)
    {
        bytes.AddRange("ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\n"u8);
        Text(bytes, "0");
        Text(bytes, "cpu");
        bytes.AddRange([(byte)'K', count, .. "NtQK\0("u8]);
        foreach (byte side in shape)
            bytes.AddRange([(byte)'K', side]);
        bytes.AddRange("t("u8);
        for (int side = 0; side < shape.Length; side++)
            bytes.AddRange([(byte)'K', (byte)shape.Skip(side + 1).Aggregate(1, (product, next) => product * next)]);
        bytes.AddRange([(byte)'t', 0x89, .. "ccollections\nOrderedDict\n)RtR"u8]);
    }

    private static byte[] Keys() => [0x80, 2, .. "](X\u0001\0\0\0"u8, (byte)'0', .. "e."u8];

    private static byte[] Storage(byte count) => [count, 0, 0, 0, 0, 0, 0, 0, .. new byte[4 * count]];

    private static void Text(List<byte> bytes, string text)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        bytes.Add((byte)'X');
        bytes.AddRange(length);
        bytes.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
