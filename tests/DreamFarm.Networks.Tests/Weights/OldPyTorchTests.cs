using System.Text;

namespace DreamFarm.Networks.Tests;

/// <summary>The layout of torch.save before PyTorch 1.6.</summary>
public class OldPyTorchTests
{
    [Fact]
    public void What_an_installed_PyTorch_saves_in_the_old_layout_is_what_it_saves_in_the_new_one()
    {
        const string program = """
            import sys, torch
            torch.manual_seed(1)
            net = torch.nn.Sequential(torch.nn.Conv2d(3, 20, 5), torch.nn.BatchNorm2d(20))
            state = net.state_dict()
            for name, kind in (("half", torch.float16), ("brain", torch.bfloat16), ("double", torch.float64)):
                state[name] = torch.tensor([1.5, -2.0], dtype=kind)
            state["parameter"] = torch.nn.Parameter(torch.tensor([4.0]))
            state["view"] = state["0.weight"][3:5]
            torch.save(state, sys.argv[1], _use_new_zipfile_serialization=False)
            torch.save(state, sys.argv[2])
            """;
        var folder = Directory.CreateTempSubdirectory("dreamfarm").FullName;
        try
        {
            string old = Path.Combine(folder, "old.pth"), today = Path.Combine(folder, "today.pth");
            DebianPython.Run(program, old, today);
            Assert.NotEqual((byte)'P', File.ReadAllBytes(old)[0]);
            using var file = WeightFile.Open(old);
            using var same = WeightFile.Open(today);
            Assert.Equal(same.Tensors.Keys.Order(), file.Tensors.Keys.Order());
            Assert.Equal([2, 3, 5, 5], file.Tensors["view"].Shape);
            Assert.Equal(file.Tensors["0.weight"].ToArray()[225..375], file.Tensors["view"].ToArray());
            Assert.Equal(WeightElement.Integer64, file.Tensors["1.num_batches_tracked"].Element);
            // The hash is that of all names, shapes and numbers.
            Assert.Equal(same.Sha256, file.Sha256);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_the_first_PyTorch_saved_from_Python_2_is_read()
    {
        // OrderedDict([["a", tensor]]) with short strings, and tensors without hooks.
        var state = Pickle.Start.Global("collections", "OrderedDict").Op(']').Op(']').Op('(').Short("a")
            .Global("torch._utils", "_rebuild_tensor").Op('(').OldStorage("FloatStorage", "7", 3).Number(1).Numbers(2).Numbers(1).Op('t').Op('R')
            .Op('e').Op('a').Raw(0x85).Op('R');
        using var file = SafetensorsTests.Open(Layout(state, Keys("7"), Storage(3, Floats(1, 2, 3))));
        Assert.Equal([2f, 3f], file.Tensors["a"].ToArray());
    }

    [Fact]
    public void A_parameter_of_the_first_versions_is_the_tensor_in_it()
    {
        var state = Pickle.Start.Op('}').Text("a").Global("torch.nn.parameter", "Parameter")
            .Global("torch._utils", "_rebuild_tensor").Op('(').OldStorage("FloatStorage", "7", 2).Number(0).Numbers(2).Numbers(1).Op('t').Op('R')
            .Raw(0x85).Op('R').Raw(0x88, 0x89).EmptyOrderedDictionary().Raw(0x87).Op('b').Op('s');
        using var file = SafetensorsTests.Open(Layout(state, Keys("7"), Storage(2, Floats(1, 2))));
        Assert.Equal([1f, 2f], file.Tensors["a"].ToArray());
    }

    [Fact]
    public void The_archives_of_the_very_first_versions_are_told_apart()
    {
        using var archive = new MemoryStream();
        using (var tar = new System.Formats.Tar.TarWriter(archive, System.Formats.Tar.TarEntryFormat.Gnu, leaveOpen: true))
            tar.WriteEntry(new System.Formats.Tar.GnuTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "sys_info") { DataStream = new MemoryStream(new byte[10]) });
        Assert.Contains("it is a tar archive, such as the first versions of PyTorch wrote;", Refuse(archive.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_in_it_is_refused_by_its_name()
    {
        Refuse("asks for posix.system, which is no part of a tensor and is never called here.", Pickle.Start.Global("posix", "system").Text("touch owned").Raw(0x85).Op('R'));
        Refuse("asks for __builtin__.eval,", Pickle.Start.Global("__builtin__", "eval"));
        Refuse("asks for torch.nn.modules.container.Sequential,", Pickle.Start.Global("torch.nn.modules.container", "Sequential"));
        // In any of the pickles, also those before and behind the tensors.
        Assert.Contains("asks for os.system,", OldPyTorchTests.Refuse([.. Magic, .. Pickle.Start.Global("os", "system").Stop()]), StringComparison.Ordinal);
        Assert.Contains("asks for os.system,", OldPyTorchTests.Refuse(Layout(State(), Pickle.Start.Global("os", "system"))), StringComparison.Ordinal);

        static void Refuse(string because, Pickle pickle) => Assert.Contains(because, OldPyTorchTests.Refuse(Layout(pickle, Keys())), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_build_nothing_but_lists_and_dictionaries()
    {
        Refuse("appends to something else than a list", Pickle.Start.Op('}').Op('N').Op('a'));
        Refuse("no list of names and values", Pickle.Start.Global("collections", "OrderedDict").Op(']').Op('N').Op('a').Raw(0x85).Op('R'));
        Refuse("not a dictionary of tensors", Pickle.Start.Op(']'));
        Refuse("holds \"a\", which is not a tensor", Pickle.Start.Op('}').Text("a").Op('N').Op('s'));
        Refuse("the opcode BUILD on something else", Pickle.Start.Op('}').Op(')').Op('b'));
        Refuse("the opcode REDUCE with something else", Pickle.Start.Global("torch.nn.parameter", "Parameter").Op('N').Raw(0x85).Op('R'));
        Refuse("BINPERSID for something else than a storage", Pickle.Start.Storage("FloatStorage", "0", 4));

        static void Refuse(string because, Pickle pickle) => Assert.Contains(because, OldPyTorchTests.Refuse(Layout(pickle, Keys())), StringComparison.Ordinal);
    }

    [Fact]
    public void Storages_have_to_be_those_of_the_tensors_and_in_the_file()
    {
        var four = Storage(4, Floats(1, 2, 3, 4));
        using (var file = SafetensorsTests.Open(Layout(State(), Keys("0"), four)))
            Assert.Equal([1f, 2f, 3f, 4f], file.Tensors["a"].ToArray());

        Refuse("the numbers of tensor \"a\" are missing", Keys());
        Refuse("a storage that belongs to no tensor", Keys("1"), four);
        Refuse("a storage that belongs to no tensor", Pickle.Start.Op(']').Number(0).Op('a'), four);
        Refuse("does not list its storages", Pickle.Start.Op('}'), four);
        Refuse("lists a storage twice", Keys("0", "0"), four, four);
        Refuse("cut short", Keys("0"), four[..^1]);
        Refuse("cut short", Keys("0"), four[..7]);
        Refuse("1 bytes follow its last storage", Keys("0"), four, [0]);
        Refuse("claims 9223372036854775807 numbers", Keys("0"), Storage(long.MaxValue, []));
        Refuse("claims -1 numbers", Keys("0"), Storage(-1, []));
        Refuse("lies among 4 numbers of 4 bytes, but its entry has 12 bytes", Keys("0"), Storage(3, Floats(1, 2, 3)));

        static void Refuse(string because, Pickle keys, params byte[][] storages) =>
            Assert.Contains(because, OldPyTorchTests.Refuse(Layout(State(), keys, storages)), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_machines_and_other_versions_are_told_apart()
    {
        Assert.Contains("not little-endian", Refuse([.. Magic, .. Version(1001), .. Pickle.Start.Op('}').Text("little_endian").Raw(0x89).Op('s').Stop()]), StringComparison.Ordinal);
        Assert.Contains("another version than 1001", Refuse([.. Magic, .. Version(1002)]), StringComparison.Ordinal);
        Assert.Contains("is damaged near byte 15", Refuse(Magic), StringComparison.Ordinal);
        Assert.Contains("neither a .safetensors file nor", Refuse([.. Magic[..^1], 0]), StringComparison.Ordinal);
    }

    /// <summary>A sound file with <c>a</c> = [1, 2, 3, 4] of shape [2, 2].</summary>
    internal static byte[] Sound() => Layout(State(), Keys("0"), Storage(4, Floats(1, 2, 3, 4)));

    private static byte[] Magic => [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    private static byte[] Version(long version) => Pickle.Start.Number(version).Stop();

    private static Pickle State() => Pickle.Start.Op('}').Text("a")
        .Global("torch._utils", "_rebuild_tensor_v2").Op('(').OldStorage("FloatStorage", "0", 4).Number(0).Numbers(2, 2).Numbers(2, 1)
        .Raw(0x89).EmptyOrderedDictionary().Op('t').Op('R').Op('s');

    private static Pickle Keys(params string[] keys)
    {
        var list = Pickle.Start.Op(']').Op('(');
        foreach (var key in keys)
            list.Text(key);
        return list.Op('e');
    }

    private static byte[] Layout(Pickle state, Pickle keys, params byte[][] storages) =>
    [
        .. Magic, .. Version(1001), .. Pickle.Start.Op('}').Text("little_endian").Raw(0x88).Op('s').Stop(),
        .. state.Stop(), .. keys.Stop(), .. storages.SelectMany(storage => storage),
    ];

    private static byte[] Storage(long count, byte[] numbers) => [.. BitConverter.GetBytes(count), .. numbers];

    private static byte[] Floats(params float[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    private static string Refuse(byte[] content)
    {
        var message = Assert.Throws<WeightsException>(() => SafetensorsTests.Open(content)).Message;
        Assert.StartsWith("test: ", message, StringComparison.Ordinal);
        return message;
    }
}
