using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DreamFarm.Networks.Tests;

/// <summary>Writes pickles opcode by opcode, and the zip archives around them, so that tests can write what torch.save never would.</summary>
internal sealed class Pickle
{
    private readonly MemoryStream bytes = new();

    public Pickle() => Raw(0x80, 2);

    public static Pickle Start => new();

    public Pickle Raw(params ReadOnlySpan<byte> opcodes)
    {
        bytes.Write(opcodes);
        return this;
    }

    public Pickle Op(char opcode) => Raw((byte)opcode);

    public Pickle Text(string text)
    {
        var encoded = Encoding.UTF8.GetBytes(text);
        return Op('X').Raw(BitConverter.GetBytes(encoded.Length)).Raw(encoded);
    }

    public Pickle Number(long number)
    {
        var encoded = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(encoded, number);
        return Raw(0x8a, 8).Raw(encoded);
    }

    public Pickle Numbers(params ReadOnlySpan<long> numbers)
    {
        Op('(');
        foreach (var number in numbers)
            Number(number);
        return Op('t');
    }

    public Pickle Global(string module, string name) => Op('c').Raw(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));

    public Pickle Storage(string type, string key, long count) =>
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count).Op('t').Op('Q');

    /// <summary>A storage as PyTorch before 1.6 names it, with a None behind.</summary>
    public Pickle OldStorage(string type, string key, long count) =>
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count).Op('N').Op('t').Op('Q');

    /// <summary>A string as Python 2 writes it.</summary>
    public Pickle Short(string text) => Op('U').Raw((byte)text.Length).Raw(Encoding.ASCII.GetBytes(text));

    public Pickle Tensor(string type, string key, long count, long offset, long[] shape, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(type, key, count).Number(offset).Numbers(shape).Numbers(strides)
            .Raw(0x89).EmptyOrderedDictionary().Op('t').Op('R');

    public Pickle EmptyOrderedDictionary() => Global("collections", "OrderedDict").Op(')').Op('R');

    public byte[] Stop()
    {
        Op('.');
        return bytes.ToArray();
    }

    /// <summary>A .pth around a pickle and its storages.</summary>
    public static byte[] Archive(byte[] pickle, params (string Name, byte[] Content)[] storages) =>
        Zip([("net/data.pkl", pickle), .. storages.Select(storage => ($"net/data/{storage.Name}", storage.Content))]);

    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A sound .pth with <c>a</c> = [1, 2, 3, 4, 5, 6] of shape [2, 3] and <c>b</c>, its last two numbers.</summary>
    public static byte[] Sound()
    {
        var numbers = new byte[24];
        for (var i = 0; i < 6; i++)
            BinaryPrimitives.WriteSingleLittleEndian(numbers.AsSpan(4 * i), i + 1);
        var pickle = Start.Op('}').Op('(')
            .Text("a").Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1])
            .Text("b").Tensor("FloatStorage", "0", 6, 4, [2, 1], [1, 77])
            .Op('u').Stop();
        return Archive(pickle, ("0", numbers));
    }
}
