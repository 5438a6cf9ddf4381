using System.Diagnostics;

namespace DreamFarm.Networks.Tests;

/// <summary>Caffe's .caffemodel.</summary>
public class CaffeTests
{
    public static TheoryData<byte[]> Forms => [CaffeFile.Sound(), CaffeFile.OldSound()];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Layers_give_tensors_by_their_names_in_the_old_form_and_the_new(byte[] content)
    {
        using var file = SafetensorsTests.Open(content);
        Assert.Equal(["conv.bias", "conv.weight", "fc.bias", "fc.weight"], file.Tensors.Keys.Order(StringComparer.Ordinal));
        Check("conv.weight", [2, 1, 1, 2], [1, 2, 3, 4]);
        Check("conv.bias", [2], [5, 6]);
        Check("fc.weight", [1, 2], [7, 8]);
        Check("fc.bias", [1], [9]);

        void Check(string name, int[] shape, float[] numbers)
        {
            Assert.Equal(shape, file.Tensors[name].Shape);
            Assert.Equal(numbers, file.Tensors[name].ToArray());
        }
    }

    [Fact]
    public void The_same_weights_have_the_same_identity_in_either_form()
    {
        using var today = SafetensorsTests.Open(CaffeFile.Sound());
        using var old = SafetensorsTests.Open(CaffeFile.OldSound());
        Assert.Equal(today.Sha256, old.Sha256);
        // Read in pieces that begin and end inside of numbers that have tags between them.
        var (whole, piece) = (new byte[today.PortableLength], new byte[5]);
        today.ReadPortable(0, whole);
        for (var offset = 0; offset <= whole.Length - piece.Length; offset++)
        {
            old.ReadPortable(offset, piece);
            Assert.Equal(whole[offset..(offset + piece.Length)], piece);
        }
    }

    [Fact]
    public void Numbers_with_tags_between_them_are_read_past_the_size_of_one_buffer()
    {
        var numbers = Enumerable.Range(0, 40_001).Select(i => i * 0.25f).ToArray();
        using var file = SafetensorsTests.Open(CaffeFile.Message.Layer("a", "Convolution", CaffeFile.Blob([40_001]).Single(5, numbers)).ToArray());
        Assert.Equal(numbers, file.Tensors["a.weight"].ToArray());
    }

    [Fact]
    public void Numbers_may_come_in_pieces_and_blobs_before_their_layer_s_name()
    {
        var blob = CaffeFile.Message.Packed(5, 1f, 2).Single(5, 3f).Packed(6, 0f, 0).Packed(5, 4f).Block(7, CaffeFile.Message.Varint(1, 2).Varint(1, 2));
        var layer = CaffeFile.Message.Block(7, blob).Text(2, "Convolution").Text(1, "late");
        using var file = SafetensorsTests.Open(CaffeFile.Message.Block(100, layer).Text(1, "net").ToArray());
        Assert.Equal([2, 2], file.Tensors["late.weight"].Shape);
        Assert.Equal([1f, 2f, 3f, 4f], file.Tensors["late.weight"].ToArray());
    }

    [Fact]
    public void Only_matrices_and_vectors_lose_the_ones_before_them()
    {
        using var file = SafetensorsTests.Open(CaffeFile.Message
            .OldLayer("conv", 4, CaffeFile.OldBlob(1, 1, 3, 1).Packed(5, 1f, 2, 3), CaffeFile.OldBlob(1, 1, 1, 1).Packed(5, 4f))
            .OldLayer("fc", 14, CaffeFile.OldBlob(1, 1, 3, 1).Packed(5, 1f, 2, 3), CaffeFile.OldBlob(1, 1, 1, 3).Packed(5, 1f, 2, 3))
            .Layer("norm", "BatchNorm", CaffeFile.Blob([1]).Packed(5, 1f), CaffeFile.Blob([1]).Packed(5, 2f), CaffeFile.Blob([1]).Packed(5, 3f))
            .ToArray());
        Assert.Equal([1, 1, 3, 1], file.Tensors["conv.weight"].Shape);
        Assert.Equal([1], file.Tensors["conv.bias"].Shape);
        Assert.Equal([3, 1], file.Tensors["fc.weight"].Shape);
        Assert.Equal([3], file.Tensors["fc.bias"].Shape);
        Assert.Equal([3f], file.Tensors["norm.2"].ToArray());
    }

    [Fact]
    public void What_protobuf_s_own_encoder_writes_is_read()
    {
        // Caffe's fields, as far as they matter here; the last two decide how numbers are written.
        const string schema = """
            syntax = "proto2";
            message Shape { repeated int64 dim = 1 [packed = true]; }
            message Blob { optional Shape shape = 7; repeated float data = 5 [packed = true]; optional int32 num = 1; optional int32 channels = 2; optional int32 height = 3; optional int32 width = 4; repeated double double_data = 8; }
            message Layer { optional string name = 1; optional string type = 2; repeated Blob blobs = 7; }
            message OldLayer { optional string name = 4; optional int32 type = 5; repeated Blob blobs = 6; }
            message Net { optional string name = 1; repeated OldLayer layers = 2; optional bool force_backward = 5; repeated Layer layer = 100; }
            """;
        const string network = """
            name: "GoogLeNet" force_backward: true
            layer { name: "inception_3a/1x1" type: "Convolution" blobs { shape { dim: 1 dim: 300 dim: 1 dim: 1 } data: [ %1 ] } }
            layers { name: "loss3/classifier" type: 14 blobs { num: 1 channels: 1 height: 2 width: 3 double_data: [1, 2, 3, 4, 5, 6] } }
            """;
        var folder = Directory.CreateTempSubdirectory("dreamfarm").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "net.proto"), schema);
            var path = Path.Combine(folder, "net.caffemodel");
            Encode(network.Replace("%1", string.Join(", ", Enumerable.Range(0, 300)), StringComparison.Ordinal), folder, path);
            using var file = WeightFile.Open(path);
            Assert.Equal([1, 300, 1, 1], file.Tensors["inception_3a/1x1.weight"].Shape);
            Assert.Equal(Enumerable.Range(0, 300).Select(i => (float)i), file.Tensors["inception_3a/1x1.weight"].ToArray());
            Assert.Equal([2, 3], file.Tensors["loss3/classifier.weight"].Shape);
            Assert.Equal([1f, 2, 3, 4, 5, 6], file.Tensors["loss3/classifier.weight"].ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static void Encode(string text, string folder, string path)
        {
            const string encoder = "/usr/bin/protoc";
            Assert.SkipUnless(File.Exists(encoder), $"There is no {encoder}.");
            using var process = Process.Start(new ProcessStartInfo(encoder, [$"--proto_path={folder}", "--encode=Net", "net.proto"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            process.StandardInput.Write(text);
            process.StandardInput.Close();
            using (var file = File.Create(path))
                process.StandardOutput.BaseStream.CopyTo(file);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }

    [Fact]
    public void A_file_of_more_than_two_gigabytes_is_opened_in_little_memory()
    {
        // The first blob is a hole of the file; the second lies beyond what 32 bits can count.
        const long hole = 3L << 30;
        var path = Path.GetTempFileName();
        try
        {
            var blob = CaffeFile.Blob([3, 1 << 28]).Raw([0x2a]).Raw(Varint(hole)).ToArray();
            var layer = CaffeFile.Message.Text(1, "large").Raw([0x3a]).Raw(Varint(blob.Length + hole)).Raw(blob).ToArray();
            using (var stream = File.Create(path))
            {
                stream.Write(CaffeFile.Message.Raw([0xa2, 6]).Raw(Varint(layer.Length + hole)).Raw(layer).ToArray());
                stream.Seek(hole, SeekOrigin.Current);
                stream.Write(CaffeFile.Message.Layer("last", "Convolution", CaffeFile.Blob([2]).Packed(5, 1f, 2)).ToArray());
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread();
            using var file = WeightFile.Open(path);
            Assert.Equal([1f, 2f], file.Tensors["last.weight"].ToArray());
            Assert.Equal([3, 1 << 28], file.Tensors["large.weight"].Shape);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1 << 20);
        }
        finally
        {
            File.Delete(path);
        }

        static byte[] Varint(long value) => CaffeFile.Message.Varint(1, value).ToArray()[1..];
    }

    [Fact]
    public void What_contradicts_itself_is_refused_with_the_tensor_s_name()
    {
        Refuse("tensor \"a.weight\" has the shape [3], which does not fit its 2 numbers", Layer(CaffeFile.Blob([3]).Packed(5, 1f, 2)));
        Refuse("has the shape [-1], which does not fit", Layer(CaffeFile.Blob([-1]).Packed(5, 1f, 2)));
        Refuse("has the shape [1099511627776, 1099511627776], which does not fit", Layer(CaffeFile.Blob([1L << 40, 1L << 40])));
        Refuse("has the shape [], which does not fit its 0 numbers", Layer(CaffeFile.Message));
        Refuse("numbers in single and in double precision", Layer(CaffeFile.Blob([2]).Packed(5, 1f).Packed(8, 1d)));
        Refuse("a tensor of more than 8 sides", Layer(CaffeFile.Blob([1, 1, 1, 1, 1, 1, 1, 1, 1])));
        Refuse("two tensors \"a.weight\"", Layer(CaffeFile.Blob([1]).Packed(5, 1f)).Layer("a", "Convolution", CaffeFile.Blob([1]).Packed(5, 1f)));
        Refuse("a name in it has 300 bytes", CaffeFile.Message.Layer(new string('x', 300), "Convolution"));
        Refuse("before Caffe's layers had names", CaffeFile.Message.Block(2, CaffeFile.Message.Block(1, CaffeFile.Message.Text(1, "conv"))));
        Refuse("holds no layers with weights", CaffeFile.Message.Text(1, "a network of nothing"));
        Refuse("no .caffemodel, or one that is damaged near byte", Layer(CaffeFile.Blob([1]).Block(5, 1, 2, 3)));
        Refuse("no .caffemodel, or one that is damaged near byte", CaffeFile.Message.Raw([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]));
        Refuse("no .caffemodel, or one that is damaged near byte", CaffeFile.Message.Raw("\nThis is a poem, and no network."u8));

        static CaffeFile Layer(CaffeFile blob) => CaffeFile.Message.Layer("a", "Convolution", blob);

        static void Refuse(string because, CaffeFile file)
        {
            var message = Assert.Throws<WeightsException>(() => SafetensorsTests.Open(file.ToArray())).Message;
            Assert.StartsWith("test: ", message, StringComparison.Ordinal);
            Assert.Contains(because, message, StringComparison.Ordinal);
        }
    }
}
