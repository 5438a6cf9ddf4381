using System.IO.Compression;
using System.Text;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>What a user can get wrong with render: one sentence, an exit code, and nothing half-written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_file_that_is_not_there_is_named() =>
        Assert.Equal("there is no file nothere.jpg", await RefusalAsync("nothere.jpg"));

    [Fact]
    public async Task A_folder_is_no_picture() =>
        Assert.StartsWith("tmp is a folder", await RefusalAsync("tmp"));

    [Fact]
    public async Task An_empty_file_is_no_picture()
    {
        File.Create(_folder["empty.jpg"]).Dispose();
        Assert.StartsWith("empty.jpg is empty", await RefusalAsync("empty.jpg"));
    }

    [Fact]
    public async Task A_truncated_picture_is_named()
    {
        await Picture.DrawAsync(_folder["whole.jpg"], 640, 480);
        byte[] bytes = await File.ReadAllBytesAsync(_folder["whole.jpg"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["half.jpg"], bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        string sentence = await RefusalAsync("half.jpg");
        Assert.Contains("half.jpg", sentence);
        Assert.Contains("cut short", sentence);
    }

    [Fact]
    public async Task Text_is_no_picture_whatever_it_is_called()
    {
        await File.WriteAllTextAsync(_folder["text.png"], "I am a poem.\n", TestContext.Current.CancellationToken);
        Assert.Contains("text.png", await RefusalAsync("text.png"));
    }

    [Fact]
    public async Task A_single_pixel_is_too_small_an_octave()
    {
        await Picture.DrawAsync(_folder["dot.png"], 1, 1);
        Assert.StartsWith("octave 1 would be 1x1 pixels", await RefusalAsync("dot.png"));
    }

    [Fact]
    public async Task A_header_that_promises_gigapixels_is_refused_before_any_memory_is_taken()
    {
        Picture.WriteEmptyPng(_folder["bomb.png"], 60_000, 60_000);
        Assert.Contains("60000", await RefusalAsync("bomb.png"));
    }

    [Theory]
    [InlineData("--network", "motive", "did you mean \"motif\"")]
    [InlineData("--layers", "5x", "did you mean \"5a\"")]
    [InlineData("--layers", "5a:nan", "--layers")]
    [InlineData("--steps", "0", "--steps must be 1 to 10000, not 0")]
    [InlineData("--steps", "many", "--steps must be 1 to 10000, not \"many\"")]
    [InlineData("--octaves", "33", "--octaves must be 1 to 32, not 33")]
    [InlineData("--octaves", "12", "octave 1 would be ")]
    [InlineData("--step-size", "NaN", "--step-size must be above 0, at most 1, not NaN")]
    [InlineData("--tile", "100", "--tile must be a multiple of 16 pixels, the stride of 4a, 4b, 4c, 4d, 5a: 96 or 112, not 100")]
    [InlineData("--context", "-16", "--context must be 0 to 4096 pixels, not -16")]
    [InlineData("--boundary", "mirror", "--boundary must be wrap or reflect, not \"mirror\"")]
    [InlineData("--seed", "-1", "--seed must be 0 to 18446744073709551615, not \"-1\"")]
    [InlineData("--scale", "1000", "--scale must be 0.01 to 64, not 1000")]
    [InlineData("--output-size", "big", "--output-size must be WIDTHxHEIGHT")]
    [InlineData("--device", "gpu", "cpu")]
    [InlineData("--lanes", "0", "--lanes must be 1 to 1024, not 0")]
    public async Task A_flag_with_a_value_out_of_range_says_what_would_do(string flag, string value, string expected)
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        Assert.Contains(expected, await RefusalAsync("in.png", flag, value));
    }

    [Theory]
    [InlineData("tutoral", "there is no preset \"tutoral\": did you mean \"tutorial\"?")]
    [InlineData("nothere.yaml", "--preset: there is no file nothere.yaml")]
    [InlineData("./tmp", "--preset ./tmp is a folder: name a spec file in it")]
    [InlineData("mine.yaml", "mine.yaml, line 2: layers, column 1: motif has no layer \"5x\"; did you mean \"5a\"?")]
    [InlineData("mine.yaml --layers 5y", "--layers, column 1: motif has no layer \"5y\"")]
    [InlineData("mine.yaml --layers 5a --steps 0", "--steps must be 1 to 10000, not 0")]
    [InlineData("other.yaml", "other.yaml, line 1: unknown key \"layer\"; did you mean layers?")]
    [InlineData("huge.yaml", "huge.yaml has more than 64 KiB: that is no spec file")]
    public async Task A_preset_that_makes_no_sense_is_told_with_its_line(string preset, string expected)
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        await File.WriteAllTextAsync(_folder["mine.yaml"], "# mine\nlayers: 5x\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["other.yaml"], "layer: 5a\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["huge.yaml"], new string('#', 70_000), TestContext.Current.CancellationToken);
        Assert.StartsWith(expected, await RefusalAsync("in.png", ["--preset", .. preset.Split(' ')]));
    }

    [Fact]
    public async Task Noise_of_no_size_is_told_how_to_be() =>
        Assert.Equal(
            "noise:64 must be noise:WIDTHxHEIGHT or noise:WIDTHxHEIGHT:SEED, such as noise:640x480; a file of that name is ./noise:64",
            await RefusalAsync("noise:64"));

    [Fact]
    public async Task Weights_of_another_network_are_refused()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        await using (var resource = typeof(NetworkCatalog).Assembly.GetManifestResourceStream("motif.safetensors")!)
        await using (var file = File.Create(_folder["other.safetensors"]))
            await resource.CopyToAsync(file, TestContext.Current.CancellationToken);

        string sentence = await RefusalAsync("in.png", "--network", "squeezenet1_0", "--weights", "other.safetensors");
        Assert.Contains("other.safetensors", sentence);
        Assert.Contains("they look like weights of motif", sentence);
    }

    [Fact]
    public async Task Weights_that_are_nowhere_are_asked_for()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        Assert.Contains("--weights", await RefusalAsync("in.png", "--network", "squeezenet1_0"));
    }

    [Fact]
    public async Task A_corrupt_file_of_weights_is_named()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        await File.WriteAllBytesAsync(_folder["corrupt.pth"], [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))], TestContext.Current.CancellationToken);
        Assert.Contains("corrupt.pth", await RefusalAsync("in.png", "--network", "squeezenet1_0", "--weights", "corrupt.pth"));
    }

    [Fact]
    public async Task A_pickle_that_would_run_a_command_is_refused_and_runs_nothing()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        await using (var file = File.Create(_folder["hostile.pth"]))
        await using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            await using var pickle = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
            pickle.Write(Encoding.ASCII.GetBytes($"\u0080\u0002cos\nsystem\n(S'touch {_folder["owned"]}'\ntR.").AsSpan());
        }

        Assert.Contains("hostile.pth", await RefusalAsync("in.png", "--network", "squeezenet1_0", "--weights", "hostile.pth"));
        Assert.False(File.Exists(_folder["owned"]));
    }

    [Theory]
    [InlineData("out.gif", "out.gif does not end in a format")]
    [InlineData("out", "out does not end in a format")]
    [InlineData("nowhere/out.png", "there is no folder")]
    [InlineData("tmp", "tmp is a folder")]
    public async Task A_result_that_cannot_be_written_is_refused_before_the_work(string output, string expected)
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        var run = await DreamfarmRun.InAsync(_folder.FullName, "render", "in.png", "-o", output);
        Assert.Contains(expected, run.Refusal());
        Assert.Equal(["in.png"], _folder.Files());
    }

    [Fact]
    public async Task A_result_too_wide_for_its_format_is_refused_before_the_work()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        Assert.Contains("16383", await RefusalAsync("in.png", "--output-size", "20000x64", "--octaves", "1"));
    }

    [Fact]
    public async Task A_name_longer_than_file_systems_accept_is_refused_before_the_work()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        var run = await DreamfarmRun.InAsync(_folder.FullName, "render", "in.png", "-o", new string('x', 252) + ".png");
        Assert.EndsWith("a file's name has at most 255 bytes", run.Refusal());
    }

    [Fact]
    public async Task A_temporary_folder_that_is_not_there_is_named()
    {
        await Picture.DrawAsync(_folder["in.png"], 160, 120);
        var run = await DreamfarmRun.InShellAsync("TMPDIR=/nowhere \"$@\"", _folder.FullName, "render", "in.png", "-o", "out.png");
        Assert.Equal("there is no temporary folder /nowhere/: name one in TMPDIR", run.Refusal());
        Assert.Equal(["in.png"], _folder.Files());
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData(">&- 2>&-")]
    public async Task A_dream_goes_on_where_nobody_can_read_its_progress(string redirection)
    {
        await Picture.DrawAsync(_folder["in.png"], 32, 32);
        var run = await DreamfarmRun.InShellAsync(
            $"\"$@\" {redirection}", _folder.FullName, "render", "in.png", "-o", "out.png", "--octaves", "1", "--steps", "1", "--layers", "conv1");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["in.png", "out.png"], _folder.Files());
    }

    [Fact]
    public async Task A_listing_that_cannot_be_written_is_a_failure()
    {
        var run = await DreamfarmRun.InShellAsync("\"$@\" >/dev/full", _folder.FullName, "networks", "list");
        Assert.Equal("the standard output cannot be written: the disk is full", run.Refusal());
    }

    [Fact]
    public async Task A_full_disk_leaves_the_older_result_alone()
    {
        // A disk of 200 KiB of the command's own: in a mount namespace no root is needed for it.
        const string OnSmallDisk = """
            unshare -rm sh -c 'mount -t tmpfs -o size=200k tmpfs disk || exit 77; echo older >disk/out.npy; "$@"; code=$?; cat disk/* >left; ls -A disk >>left; exit $code' sh "$@"
            """;
        await Picture.DrawAsync(_folder["in.png"], 32, 32);
        Directory.CreateDirectory(_folder["disk"]);
        var run = await DreamfarmRun.InShellAsync(
            OnSmallDisk, _folder.FullName, "render", "in.png", "-o", "disk/out.npy", "--scale", "8", "--octaves", "1", "--steps", "1", "--layers", "conv1");
        Assert.SkipWhen(run.ExitCode == 77 || run.Errors.Contains("unshare"), "mounting a small disk is not allowed here");

        Assert.Equal("disk/out.npy could not be written: the disk is full", run.Refusal());
        Assert.Equal("older\nout.npy\n", await File.ReadAllTextAsync(_folder["left"], TestContext.Current.CancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<string> RefusalAsync(string input, params string[] flags)
    {
        Directory.CreateDirectory(_folder["tmp"]);
        string[] before = _folder.Files();
        var run = await DreamfarmRun.InAsync(_folder.FullName, ["render", input, "-o", "out.webp", .. flags]);
        Assert.Equal(before, _folder.Files());
        return run.Refusal();
    }
}
