using System.Security.Cryptography;

namespace DreamFarm.Networks.Tests;

/// <summary>The .safetensors file in which weights travel, and whose hash is their identity.</summary>
public sealed class PortableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_safetensors_file_travels_as_it_is()
    {
        var bytes = SafetensorsTests.Build("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   """, [1, 2, 3, 4, 5, 6, 7, 8]);
        using var file = WeightFile.Open(Write("a.safetensors", bytes));
        Assert.Equal(bytes, Portable(file));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Sha256);
    }

    [Fact]
    public void A_pth_travels_converted_and_is_known_by_the_hash_of_that()
    {
        var pickle = Pickle.Start.Op('}').Op('(')
            .Text("z").Tensor("FloatStorage", "0", 3, 1, [2], [1])
            .Text("count").Tensor("LongStorage", "1", 1, 0, [], [])
            .Text("half").Tensor("HalfStorage", "2", 3, 0, [1, 3], [3, 1])
            .Text("a").Tensor("FloatStorage", "0", 3, 0, [1], [1])
            .Text("none").Tensor("FloatStorage", "0", 3, 0, [0, 7], [7, 1])
            .Op('u').Stop();
        byte[] floats = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40], half = [0, 0x3c, 0, 0x40, 0, 0x42];
        using var file = WeightFile.Open(Write("net.pth", Pickle.Archive(pickle, ("0", floats), ("1", new byte[8]), ("2", half))));

        var portable = Portable(file);
        const string header =
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"none":{"dtype":"F32","shape":[0,7],"data_offsets":[4,4]},"z":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"half":{"dtype":"F16","shape":[1,3],"data_offsets":[12,18]}}""";
        Assert.Equal(SafetensorsTests.Build(header + new string(' ', (8 - (header.Length % 8)) % 8), [.. floats, .. half]), portable);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(portable)), file.Sha256);

        using var arrived = WeightFile.OpenPortable(Write("arrived", portable), "what arrived");
        Assert.Equal(file.Sha256, arrived.Sha256);
        Assert.Equal([2f, 3f], arrived.Tensors["z"].ToArray());
        Assert.Equal([1f, 2f, 3f], arrived.Tensors["half"].ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void It_is_read_in_pieces_of_any_length(int piece)
    {
        using var file = WeightFile.Open(Shared.Model("squeezenet1_0.pth"));
        var whole = Portable(file);
        var bytes = new byte[piece];
        // Where the header ends, tensors meet and the file ends.
        foreach (var offset in new[] { 0L, 4000, 9000, 60_000, 1_000_003, whole.Length - piece })
        {
            file.ReadPortable(offset, bytes);
            Assert.Equal(whole.AsSpan((int)offset, piece).ToArray(), bytes);
        }
    }

    [Fact]
    public void The_real_pth_arrives_with_the_bits_of_the_real_safetensors()
    {
        using var pth = WeightFile.Open(Shared.Model("squeezenet1_0.pth"));
        using var safetensors = WeightFile.Open(Shared.Model("squeezenet1_0.safetensors"));
        using var arrived = WeightFile.OpenPortable(Write("arrived", Portable(pth)), "what arrived");
        Assert.Equal(pth.Sha256, arrived.Sha256);
        foreach (var (name, tensor) in safetensors.Tensors)
            Assert.Equal(tensor.ToArray().Select(BitConverter.SingleToInt32Bits), arrived.Tensors[name].ToArray().Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void What_has_travelled_can_only_be_safetensors_and_is_not_called_by_its_path()
    {
        var pth = Write("net.pth", Pickle.Archive(Pickle.Start.Op('}').Stop()));
        Assert.Equal(
            "weights 0123: it is no .safetensors file, the one form in which weights travel.",
            Assert.Throws<WeightsException>(() => WeightFile.OpenPortable(pth, "weights 0123")).Message);
    }

    [Fact]
    public void A_small_pth_whose_tensors_share_numbers_a_thousand_times_is_refused()
    {
        var pickle = Pickle.Start.Op('}').Op('(');
        for (var i = 0; i < 1000; i++)
            pickle.Text($"t{i}").Tensor("FloatStorage", "0", 1 << 18, 0, [1 << 18], [1]);
        var path = Write("net.pth", Pickle.Archive(pickle.Op('u').Stop(), ("0", new byte[1 << 20])));
        Assert.Contains("share numbers so often", Assert.Throws<WeightsException>(() => WeightFile.Open(path)).Message, StringComparison.Ordinal);
    }

    private static byte[] Portable(WeightFile file)
    {
        var bytes = new byte[file.PortableLength];
        file.ReadPortable(0, bytes);
        return bytes;
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
