using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Networks.Tests;

public class SafetensorsTests
{
    [Theory]
    [InlineData("F32", "0000803f000000c0")]
    [InlineData("F16", "003c00c0")]
    [InlineData("BF16", "803f00c0")]
    [InlineData("F64", "000000000000f03f00000000000000c0")]
    public void Numbers_of_every_floating_point_kind_are_read(string type, string data)
    {
        var stored = Convert.FromHexString(data);
        using var file = Open($$$"""{"a":{"dtype":"{{{type}}}","shape":[2,1],"data_offsets":[0,{{{stored.Length}}}]}}""", stored);
        Assert.Equal([1f, -2f], file.Tensors["a"].ToArray());
        Assert.Equal([2, 1], file.Tensors["a"].Shape);
    }

    [Fact]
    public void Metadata_empty_tensors_and_single_numbers_are_no_trouble()
    {
        using var file = Open(
            """{"__metadata__":{"format":"pt"},"none":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},"one":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   """,
            [0, 0, 0x80, 0x3f]);
        Assert.Empty(file.Tensors["none"].ToArray());
        Assert.Equal([1f], file.Tensors["one"].ToArray());
        Assert.Equal(2, file.Tensors.Count);
    }

    [Fact]
    public void A_tensor_larger_than_one_read_comes_whole()
    {
        var values = Enumerable.Range(0, 50_001).Select(i => i * 0.25f).ToArray();
        var data = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * i), values[i]);
        using var file = Open($$$"""{"a":{"dtype":"F32","shape":[50001],"data_offsets":[0,{{{data.Length}}}]}}""", data);
        Assert.Equal(values, file.Tensors["a"].ToArray());
    }

    [Theory]
    [InlineData("0000c07f", "F32")]
    [InlineData("0000807f", "F32")]
    [InlineData("007e", "F16")]
    [InlineData("c07f", "BF16")]
    [InlineData("000000000000f07f", "F64")]
    [InlineData("9c7500883ce4377e", "F64")]
    public void Numbers_that_are_not_finite_are_refused_when_read(string data, string type)
    {
        var stored = Convert.FromHexString(data);
        using var file = Open($$$"""{"a":{"dtype":"{{{type}}}","shape":[1],"data_offsets":[0,{{{stored.Length}}}]}}""", stored);
        Assert.Contains("not a number", Assert.Throws<WeightsException>(() => file.Tensors["a"].ToArray()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_are_listed_but_not_read()
    {
        using var file = Open("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", new byte[8]);
        Assert.Contains("\"a\" holds integers", Assert.Throws<WeightsException>(() => file.Tensors["a"].ToArray()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "does not fit its 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "cut short or its header is wrong")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "lacks a sensible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,1e2]}}""", "lacks a sensible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,0.5]}}""", "lacks a sensible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "lacks a sensible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "lacks a sensible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1073741824,1073741824,4],"data_offsets":[0,0]}}""", "does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", "at most 8 sides")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", "\"F8_E4M3\"")]
    [InlineData("""{"a":{"dtype":7,"shape":[8],"data_offsets":[0,8]}}""", "lacks a sensible")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "lacks a sensible")]
    [InlineData("""{"a":[]}""", "lacks a sensible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "inside another tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "behind a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "take 4 bytes, but 8 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "every name once")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "every name once")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "not a JSON object")]
    [InlineData("""{"a":{{{{{{{{{{{{{{{{{{{{""", "not a JSON object")]
    public void A_header_that_lies_is_refused_in_one_sentence(string header, string because)
    {
        var message = Assert.Throws<WeightsException>(() => Open(header, new byte[8])).Message;
        Assert.StartsWith("test: ", message, StringComparison.Ordinal);
        Assert.Contains(because, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_length_beyond_the_limit_or_the_file_is_refused_before_anything_is_allocated()
    {
        Assert.Contains("claims 9223372036854775807 bytes", Refuse(long.MaxValue), StringComparison.Ordinal);
        Assert.Contains("claims 18446744073709551615 bytes", Refuse(-1), StringComparison.Ordinal);
        Assert.Contains("cut short", Refuse(1 << 20), StringComparison.Ordinal);

        static string Refuse(long length)
        {
            var content = Build("{}", []);
            BinaryPrimitives.WriteInt64LittleEndian(content, length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var message = Assert.Throws<WeightsException>(() => Open(content)).Message;
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
            return message;
        }
    }

    [Fact]
    public void A_name_from_a_file_cannot_write_to_the_terminal_what_it_likes()
    {
        var message = Assert.Throws<WeightsException>(() => Open($$"""{"\u001b[2J{{new string('x', 5000)}}":0}""", [])).Message;
        Assert.StartsWith("test: tensor \"?[2Jxxx", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 500);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var content = Build("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        for (var length = 0; length < content.Length; length++)
            Assert.Throws<WeightsException>(() => Open(content[..length]));
    }

    internal static byte[] Build(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var content = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(content, text.Length);
        text.CopyTo(content, 8);
        data.CopyTo(content, 8 + text.Length);
        return content;
    }

    internal static WeightFile Open(byte[] content) => WeightFile.Open(new MemoryWeightBytes("test", content));

    private static WeightFile Open(string header, byte[] data) => Open(Build(header, data));
}
