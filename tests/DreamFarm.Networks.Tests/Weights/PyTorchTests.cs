using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DreamFarm.Networks.Tests;

public class PyTorchTests
{
    [Fact]
    public void The_real_pth_holds_the_same_bits_as_the_real_safetensors()
    {
        using var pth = WeightFile.Open(Shared.Model("squeezenet1_0.pth"));
        using var safetensors = WeightFile.Open(Shared.Model("squeezenet1_0.safetensors"));
        Assert.Equal(safetensors.Tensors.Keys.Order(), pth.Tensors.Keys.Order());
        foreach (var (name, tensor) in safetensors.Tensors)
        {
            Assert.Equal(tensor.Shape, pth.Tensors[name].Shape);
            Assert.Equal(tensor.ToArray().Select(BitConverter.SingleToInt32Bits), pth.Tensors[name].ToArray().Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void What_an_installed_PyTorch_saves_is_read()
    {
        // A state dictionary with its attribute of versions (BUILD), an integer counter, parameters and every kind of float.
        const string program = """
            import sys, torch
            net = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1), torch.nn.BatchNorm2d(2))
            state = net.state_dict()
            for name, kind in (("half", torch.float16), ("brain", torch.bfloat16), ("double", torch.float64)):
                state[name] = torch.tensor([1.5, -2.0], dtype=kind)
            state["parameter"] = torch.nn.Parameter(torch.tensor([4.0]))
            torch.save(state, sys.argv[1])
            """;
        var path = Path.GetTempFileName();
        try
        {
            DebianPython.Run(program, path);
            using var file = WeightFile.Open(path);
            Assert.Equal([2, 3, 1, 1], file.Tensors["0.weight"].Shape);
            Assert.Equal([1f, 1f], file.Tensors["1.running_var"].ToArray());
            Assert.Equal(WeightElement.Integer64, file.Tensors["1.num_batches_tracked"].Element);
            foreach (var name in new[] { "half", "brain", "double" })
                Assert.Equal([1.5f, -2f], file.Tensors[name].ToArray());
            Assert.Equal([4f], file.Tensors["parameter"].ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_view_into_a_storage_reads_its_own_part()
    {
        using var file = Open(Pickle.Sound());
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], file.Tensors["a"].ToArray());
        Assert.Equal([5f, 6f], file.Tensors["b"].ToArray());
    }

    [Fact]
    public void A_pickle_that_would_run_a_program_is_refused_by_the_program_s_name()
    {
        var hostile = Pickle.Start.Global("posix", "system").Text("touch owned").Raw(0x85).Op('R').Stop();
        Assert.Equal("test: its pickle asks for posix.system, which is no part of a tensor and is never called here.", Refuse(Pickle.Archive(hostile)));
    }

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_tensor_v2.__globals__")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    public void Every_other_name_is_refused(string module, string name) =>
        Assert.Contains($"asks for {module}.{name},", Refuse(Pickle.Archive(Pickle.Start.Global(module, name).Stop())), StringComparison.Ordinal);

    [Theory]
    [InlineData(0x93, "STACK_GLOBAL")]
    [InlineData('i', "INST")]
    [InlineData('o', "OBJ")]
    [InlineData(0x81, "NEWOBJ")]
    [InlineData(0x92, "NEWOBJ_EX")]
    [InlineData(0x82, "EXT1")]
    [InlineData('P', "PERSID")]
    [InlineData('0', "POP")]
    [InlineData('2', "DUP")]
    [InlineData(']', "EMPTY_LIST")]
    [InlineData('G', "BINFLOAT")]
    [InlineData('N', "NONE")]
    [InlineData(0x95, "FRAME")]
    [InlineData(0x94, "MEMOIZE")]
    [InlineData(0xff, "0xFF (unknown)")]
    public void Every_other_opcode_is_refused_by_its_name(int opcode, string name)
    {
        var pickle = Pickle.Start.Op('}').Op('}').Op('(').Raw((byte)opcode).Stop();
        Assert.Contains($"uses the opcode {name}, which", Refuse(Pickle.Archive(pickle)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_opcodes_that_build_tensors_build_nothing_else()
    {
        Refuse("the opcode BUILD on something else", Pickle.Start.Global("collections", "OrderedDict").Op('}').Op('b'));
        Refuse("the opcode BUILD on something else", Pickle.Start.Op('}').Text("state").Op('b'));
        Refuse("the opcode REDUCE with something else", Pickle.Start.Global("collections", "OrderedDict").Numbers(1).Op('R'));
        Refuse("the opcode REDUCE with something else", Pickle.Start.Global("torch", "FloatStorage").Op(')').Op('R'));
        Refuse("the opcode REDUCE with something else", Pickle.Start.Text("os").Op(')').Op('R'));
        Refuse("the opcode BINPERSID for something else", Pickle.Start.Text("storage").Op('Q'));
        Refuse("the opcode BINPERSID for something else", Pickle.Start.Storage("FloatStorage", "0", -1));
        Refuse("keys are not names", Pickle.Start.Op('}').Number(1).Number(2).Op('s'));
        Refuse("something else than a dictionary", Pickle.Start.Op(')').Text("a").Text("b").Op('s'));
        Refuse("not a dictionary of tensors", Pickle.Start.Text("hello"));
        Refuse("holds \"epoch\", which is not a tensor", Pickle.Start.Op('}').Text("epoch").Number(3).Op('s'));

        static void Refuse(string because, Pickle pickle) =>
            Assert.Contains(because, PyTorchTests.Refuse(Pickle.Archive(pickle.Stop())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_cannot_reach_below_its_stack_its_marks_or_its_memo()
    {
        foreach (var pickle in new[]
        {
            Pickle.Start, Pickle.Start.Op('t'), Pickle.Start.Op('R'), Pickle.Start.Op('b'), Pickle.Start.Op('Q'), Pickle.Start.Op('s'), Pickle.Start.Op('u'),
            Pickle.Start.Raw((byte)'h', 9), Pickle.Start.Raw((byte)'q', 0), Pickle.Start.Op('}').Op('(').Raw(0x85),
            Pickle.Start.Raw((byte)'j', 0xff, 0xff, 0xff, 0xff), Pickle.Start.Op('X').Raw(0xff, 0xff, 0xff, 0xff),
        })
            Assert.Contains("its pickle is damaged near byte", Refuse(Pickle.Archive(pickle.Stop())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_without_an_end_stops_at_a_limit()
    {
        var endless = new byte[(1 << 20) + 10];
        endless.AsSpan().Fill((byte)')');
        (endless[0], endless[1]) = (0x80, 2);
        Assert.Contains("more than 1048576 opcodes", Refuse(Pickle.Archive(endless)), StringComparison.Ordinal);
        Assert.Contains("at most 8388608 are accepted", Refuse(Pickle.Archive(new byte[(8 << 20) + 1])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 0, new long[] { 7 }, new long[] { 1 }, "does not fit its 6 numbers")]
    [InlineData(6, 4, new long[] { 3 }, new long[] { 1 }, "does not fit its 6 numbers")]
    [InlineData(6, -1, new long[] { 3 }, new long[] { 1 }, "does not fit its 6 numbers")]
    [InlineData(6, long.MaxValue, new long[] { 3 }, new long[] { 1 }, "does not fit its 6 numbers")]
    [InlineData(6, 0, new long[] { -1 }, new long[] { 1 }, "does not fit its 6 numbers")]
    [InlineData(6, 0, new long[] { 1L << 40, 1L << 40 }, new long[] { 0, 0 }, "does not fit its 6 numbers")]
    [InlineData(6, 0, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "9 sides; at most 8 are accepted")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 1, 2 }, "not stored in the order of its shape")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 0, 1 }, "not stored in the order of its shape")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 1 }, "not stored in the order of its shape")]
    [InlineData(7, 0, new long[] { 2, 3 }, new long[] { 3, 1 }, "its entry has 24 bytes")]
    [InlineData(1L << 62, 0, new long[] { 2, 3 }, new long[] { 3, 1 }, "its entry has 24 bytes")]
    public void A_tensor_that_does_not_fit_its_storage_is_refused(long count, long offset, long[] shape, long[] strides, string because)
    {
        var pickle = Pickle.Start.Op('}').Text("a").Tensor("FloatStorage", "0", count, offset, shape, strides).Op('s').Stop();
        Assert.Contains(because, Refuse(Pickle.Archive(pickle, ("0", new byte[24]))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_without_its_numbers_is_refused()
    {
        var pickle = Pickle.Start.Op('}').Text("a").Tensor("FloatStorage", "5", 1, 0, [1], [1]).Op('s').Stop();
        Assert.Contains("numbers of tensor \"a\" are missing", Refuse(Pickle.Archive(pickle)), StringComparison.Ordinal);
    }

    [Fact]
    public void Compressed_entries_are_refused_so_that_nothing_can_explode()
    {
        var bomb = Pickle.Zip([("net/data.pkl", new byte[64 << 20])], CompressionLevel.Optimal);
        Assert.InRange(bomb.Length, 1, 1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("\"net/data.pkl\" is compressed", Refuse(bomb), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Entries_whose_headers_disagree_or_leave_the_file_are_refused()
    {
        var sound = Pickle.Sound();
        var directory = sound.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        var local = sound.AsSpan().LastIndexOf("PK\u0003\u0004"u8);
        var end = sound.AsSpan().LastIndexOf("PK\u0005\u0006"u8);

        Refuse("claims 25 bytes in 24 stored ones", (directory + 24, 25));
        Refuse("differs from what the zip directory says", (directory + 24, 23), (directory + 20, 23));
        Refuse("differs from what the zip directory says", (directory + 42, 4));
        Refuse("is damaged", (directory + 42, 0x7fffffff));
        Refuse("is damaged", (directory, 0));
        Refuse("is damaged", (end + 16, 0x7fffffff));
        Refuse("at most 8388608 are accepted", (end + 12, 0x7fffffff));
        Refuse("is damaged", (end + 12, -1));
        Refuse("claims 2147483632 bytes, more than the file has", (directory + 20, 0x7ffffff0), (directory + 24, 0x7ffffff0), (local + 18, 0x7ffffff0), (local + 22, 0x7ffffff0));
        Refuse("is encrypted", (directory + 8, 1));
        Assert.Contains("cut short", PyTorchTests.Refuse(sound[..^1]), StringComparison.Ordinal);
        Assert.Contains("cut short", PyTorchTests.Refuse([.. sound, 0]), StringComparison.Ordinal);

        void Refuse(string because, params (int At, int Value)[] changes)
        {
            var changed = sound.ToArray();
            foreach (var (at, value) in changes)
                BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at), value);
            Assert.Contains(because, PyTorchTests.Refuse(changed), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_entries_of_one_name_and_overlapping_entries_are_refused()
    {
        var pickle = Pickle.Start.Op('}').Stop();
        Assert.Contains("twice", Refuse(Pickle.Zip([("net/data.pkl", pickle), ("net/data.pkl", pickle)])), StringComparison.Ordinal);
        Assert.Contains("2 entries called data.pkl", Refuse(Pickle.Zip([("a/data.pkl", pickle), ("b/data.pkl", pickle)])), StringComparison.Ordinal);

        // The second entry lies, headers and all, inside the first one's data.
        var inner = Pickle.Zip([("net/data/1", new byte[4])]);
        var zip = Pickle.Zip([("net/data/0", inner), ("net/data/1", new byte[4]), ("net/data.pkl", pickle)]);
        var start = zip.AsSpan().IndexOf("PK\u0003\u0004"u8) + 30 + "net/data/0".Length;
        var record = zip.AsSpan().LastIndexOf("net/data/1"u8) - 46;
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(record + 42), start);
        Assert.Contains("\"net/data/0\" and \"net/data/1\" overlap", Refuse(zip), StringComparison.Ordinal);
    }

    [Fact]
    public void Archives_that_torch_save_did_not_write_are_told_apart()
    {
        var pickle = Pickle.Start.Op('}').Stop();
        Assert.Contains("0 entries called data.pkl", Refuse(Pickle.Zip([("word/document.xml", [1])])), StringComparison.Ordinal);
        Assert.Contains("not little-endian", Refuse(Pickle.Zip([("net/data.pkl", pickle), ("net/byteorder", Encoding.ASCII.GetBytes("big"))])), StringComparison.Ordinal);
        Assert.Contains("protocol 2", Refuse(Pickle.Archive([0x80, 4, (byte)'}', (byte)'.'])), StringComparison.Ordinal);
    }

    private static WeightFile Open(byte[] content) => SafetensorsTests.Open(content);

    private static string Refuse(byte[] content)
    {
        var message = Assert.Throws<WeightsException>(() => Open(content)).Message;
        Assert.StartsWith("test: ", message, StringComparison.Ordinal);
        return message;
    }
}
