using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DreamFarm.Fuzz;

/// <summary>A .pth: a pickle in a zip archive.</summary>
internal sealed class PyTorchTarget : IFuzzTarget
{
    // Every opcode that is known, some that are not, and arguments of some length behind them.
    private static readonly byte[] Opcodes = [.. "(JKMLXtsurhjbcR}).Q"u8, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, (byte)'q', (byte)'r', (byte)'0', (byte)'2', 0x95];

    public string Name => "pth";

    public int Share => 15;

    public IEnumerable<byte[]> Seeds => [Archive(Pickle("a", 4, 2, 2), new byte[16]), Archive(Pickle("layer.weight", 6, 1, 2, 3), new byte[24])];

    public IReadOnlyList<string> Words =>
        ["ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n", "ccollections\nOrderedDict\n", "cos\nsystem\n", "storage", "PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006", "archive/data.pkl", "archive/data/0", "byteorder"];

    public byte[] Build(Random random, Mutator mutator, byte[] seed)
    {
        byte[] pickle = Pickle("a", 4, 2, 2);
        switch (random.Next(4))
        {
            case 0:
                return mutator.Mutate(random, seed);
            case 1:
                // The archive is whole and the pickle is not.
                return Archive(mutator.Mutate(random, pickle), new byte[16]);
            case 2:
                // A machine that runs for a while before it notices.
                var code = new List<byte>(pickle.AsSpan(0, random.Next(2, pickle.Length)).ToArray());
                for (int steps = random.Next(200); steps > 0; steps--)
                {
                    code.Add(Opcodes[random.Next(Opcodes.Length)]);
                    for (int argument = random.Next(3); argument > 0; argument--)
                        code.Add((byte)random.Next(4));
                }
                return Archive([.. code, (byte)'.'], new byte[16]);
            default:
                // What was remembered is asked for again and again.
                int at = random.Next(2, pickle.Length);
                byte[] piece = pickle[at..Math.Min(pickle.Length, at + random.Next(1, 12))];
                return Archive([.. pickle[..at], .. Enumerable.Repeat(piece, random.Next(1, 400)).SelectMany(bytes => bytes), .. pickle[at..]], new byte[16]);
        }
    }

    public void Run(byte[] input) => WeightsInput.Read(input, portableOnly: false);

    private static byte[] Pickle(string name, byte count, params byte[] shape)
    {
        var bytes = new List<byte> { 0x80, 2, (byte)'}', (byte)'q', 0 };
        Text(bytes, name);
        bytes.AddRange("ctorch._utils\n_rebuild_tensor_v2\nq\u0001((X\u0007\0\0\0storagectorch\nFloatStorage\n"u8);
        Text(bytes, "0");
        Text(bytes, "cpu");
        bytes.AddRange([(byte)'K', count, (byte)'t', (byte)'Q', (byte)'K', 0, (byte)'(']);
        foreach (byte side in shape)
            bytes.AddRange([(byte)'K', side]);
        bytes.AddRange("t("u8);
        for (int side = 0; side < shape.Length; side++)
            bytes.AddRange([(byte)'K', (byte)shape.Skip(side + 1).Aggregate(1, (product, next) => product * next)]);
        bytes.AddRange([(byte)'t', 0x89, .. "ccollections\nOrderedDict\n)Rtq\u0002Rs."u8]);
        return [.. bytes];
    }

    private static void Text(List<byte> bytes, string text)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        bytes.Add((byte)'X');
        bytes.AddRange(length);
        bytes.AddRange(Encoding.ASCII.GetBytes(text));
    }

    private static byte[] Archive(byte[] pickle, byte[] numbers)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in new[] { ("archive/data.pkl", pickle), ("archive/data/0", numbers) })
            {
                var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
                entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var stream = entry.Open();
                stream.Write(content);
            }
        return bytes.ToArray();
    }
}
