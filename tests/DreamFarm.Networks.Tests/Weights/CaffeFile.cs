using System.Text;

namespace DreamFarm.Networks.Tests;

/// <summary>Writes protobuf, and the parts of a .caffemodel in it.</summary>
internal sealed class CaffeFile
{
    private readonly MemoryStream _bytes = new();

    public static CaffeFile Message => new();

    public CaffeFile Varint(int field, long value) => Tag(field, 0).Number((ulong)value);

    public CaffeFile Block(int field, params ReadOnlySpan<byte> content) => Tag(field, 2).Number((ulong)content.Length).Raw(content);

    public CaffeFile Block(int field, CaffeFile message) => Block(field, message.ToArray());

    public CaffeFile Text(int field, string text) => Block(field, Encoding.UTF8.GetBytes(text));

    public CaffeFile Packed(int field, params ReadOnlySpan<float> numbers) => Block(field, [.. numbers.ToArray().SelectMany(BitConverter.GetBytes)]);

    public CaffeFile Packed(int field, params ReadOnlySpan<double> numbers) => Block(field, [.. numbers.ToArray().SelectMany(BitConverter.GetBytes)]);

    public CaffeFile Single(int field, params ReadOnlySpan<float> numbers)
    {
        foreach (var number in numbers)
            Tag(field, 5).Raw(BitConverter.GetBytes(number));
        return this;
    }

    public CaffeFile Single(int field, params ReadOnlySpan<double> numbers)
    {
        foreach (var number in numbers)
            Tag(field, 1).Raw(BitConverter.GetBytes(number));
        return this;
    }

    public CaffeFile Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A blob with a shape.</summary>
    public static CaffeFile Blob(ReadOnlySpan<long> shape)
    {
        var sides = new CaffeFile();
        foreach (var side in shape)
            sides.Number((ulong)side);
        return Message.Block(7, Message.Block(1, sides));
    }

    /// <summary>A blob with the four sizes that came before shapes.</summary>
    public static CaffeFile OldBlob(params ReadOnlySpan<long> sizes)
    {
        var blob = Message;
        for (var i = 0; i < 4; i++)
            blob.Varint(i + 1, sizes[i]);
        return blob;
    }

    /// <summary>A LayerParameter, in field 100 of the network.</summary>
    public CaffeFile Layer(string name, string type, params ReadOnlySpan<CaffeFile> blobs)
    {
        var layer = Message.Text(1, name).Text(2, type).Text(3, "data").Text(4, name);
        foreach (var blob in blobs)
            layer.Block(7, blob);
        return Block(100, layer);
    }

    /// <summary>A V1LayerParameter, in field 2 of the network.</summary>
    public CaffeFile OldLayer(string name, int type, params ReadOnlySpan<CaffeFile> blobs)
    {
        var layer = Message.Text(2, "data").Text(3, name).Text(4, name).Varint(5, type);
        foreach (var blob in blobs)
            layer.Block(6, blob);
        return Block(2, layer);
    }

    /// <summary>A sound .caffemodel with a convolution and a fully connected layer, in the form of today.</summary>
    public static byte[] Sound() => Message.Text(1, "net").Text(3, "data")
        .Layer("data", "Input")
        .Layer("conv", "Convolution", Blob([2, 1, 1, 2]).Packed(5, 1f, 2, 3, 4), Blob([2]).Packed(5, 5f, 6))
        .Layer("fc", "InnerProduct", Blob([1, 2]).Packed(8, 7d, 8), Blob([1]).Packed(8, 9d))
        .ToArray();

    /// <summary>The same weights as <see cref="Sound"/>, in the older form and number by number.</summary>
    public static byte[] OldSound() => Message.Text(1, "net").Text(3, "data").Varint(4, 1)
        .OldLayer("data", 5)
        .OldLayer("conv", 4, OldBlob(2, 1, 1, 2).Single(5, 1f, 2, 3, 4), OldBlob(1, 1, 1, 2).Single(5, 5f, 6))
        .OldLayer("fc", 14, OldBlob(1, 1, 1, 2).Single(8, 7d, 8), OldBlob(1, 1, 1, 1).Single(8, 9d))
        .ToArray();

    public byte[] ToArray() => _bytes.ToArray();

    private CaffeFile Tag(int field, int type) => Number(((ulong)field << 3) | (uint)type);

    private CaffeFile Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
        return this;
    }
}
