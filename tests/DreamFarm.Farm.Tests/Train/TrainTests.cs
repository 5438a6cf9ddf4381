using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>A network that is trained on a user's own pictures, by real processes.</summary>
public sealed class TrainTests : IDisposable
{
    // One iteration, on the smallest pictures: what the network learns is shown where the trainer is tested.
    private static readonly string[] Short = ["--size", "32", "--epochs", "4"];

    // Some seconds.
    private static readonly string[] Long = ["--size", "32", "--epochs", "150"];

    private static readonly string[] Dream = ["--octaves", "1", "--steps", "1"];

    private readonly TestFolder _folder = new();

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_trained_dreams_by_itself_as_a_file_on_a_farm_and_installed()
    {
        await DrawAsync("pictures/eyes", "pictures/ferns");
        await Picture.DrawAsync(_folder["in.png"], 64, 48);
        var run = await TrainAsync([.. Short, "--name", "studio.1"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal("", run.Output);
        Assert.Contains("16 pictures of 2 classes (eyes 8, ferns 8), 2 of them kept to measure on", run.Errors);
        Assert.Contains("wrote mine.safetensors", run.Errors);
        Assert.Contains("dreamfarm render photo.jpg --weights mine.safetensors -o dream.png", run.Errors);
        Assert.Equal(["in.png", "mine.safetensors"], [.. _folder.Files().Where(file => !file.StartsWith("pictures", StringComparison.Ordinal))]);
        using (var file = WeightFile.Open(_folder["mine.safetensors"]))
        {
            Assert.Equal("studio.1", file.Description!.Name);
            Assert.Equal(["eyes", "ferns"], file.Description.Classes!);
        }

        var rendered = await RunAsync(["render", "in.png", "-o", "a.npy", "--weights", "mine.safetensors", .. Dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        await using (var farm = await FarmProcesses.StartAsync(_folder, 1))
        {
            var submitted = await farm.RunAsync(["submit", "in.png", "-o", "b.npy", "--weights", "mine.safetensors", .. Dream]);
            Assert.True(submitted.ExitCode == 0, submitted.Errors);
        }
        Assert.Contains("installed studio.1", (await RunAsync("networks", "import", "mine.safetensors")).Errors);
        rendered = await RunAsync(["render", "in.png", "-o", "c.npy", "--network", "studio.1", .. Dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        byte[] dream = await File.ReadAllBytesAsync(_folder["a.npy"], TestContext.Current.CancellationToken);
        Assert.Equal(dream, await File.ReadAllBytesAsync(_folder["b.npy"], TestContext.Current.CancellationToken));
        Assert.Equal(dream, await File.ReadAllBytesAsync(_folder["c.npy"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_interrupted_training_goes_on_and_ends_with_the_weights_of_an_unbroken_one()
    {
        await DrawAsync("pictures/a", "pictures/b");
        using (var training = Start(Long))
        {
            string? line;
            do
                Assert.NotNull(line = await training.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
            while (!line.StartsWith("epoch ", StringComparison.Ordinal));
            DreamfarmRun.Send(training, Signal.Interrupt);
            var interrupted = await DreamfarmRun.EndOfAsync(training);
            Assert.Equal(130, interrupted.ExitCode);
            Assert.EndsWith("stopped: the same command goes on from mine.safetensors.checkpoint\n", interrupted.Errors);
        }
        Assert.Equal(["mine.safetensors.checkpoint"], Results());

        string other = (await TrainAsync([.. Long, "--seed", "2"])).Refusal();
        Assert.Equal("mine.safetensors.checkpoint is a checkpoint of another training: its seed is 1, not 2; train as before, or remove it to begin anew", other);
        await Picture.DrawAsync(_folder["pictures/a/8.png"], 48, 36);
        Assert.StartsWith("mine.safetensors.checkpoint is a checkpoint of another training: its pictures differ", (await TrainAsync(Long)).Refusal());
        File.Delete(_folder["pictures/a/8.png"]);
        Assert.Equal(["mine.safetensors.checkpoint"], Results());

        var resumed = await TrainAsync(Long);
        Assert.True(resumed.ExitCode == 0, resumed.Errors);
        Assert.Contains("goes on from mine.safetensors.checkpoint", resumed.Errors);
        Assert.Equal(["mine.safetensors"], Results());
        byte[] weights = await File.ReadAllBytesAsync(_folder["mine.safetensors"], TestContext.Current.CancellationToken);

        var unbroken = await TrainAsync(Long);
        Assert.DoesNotContain("goes on", unbroken.Errors);
        Assert.Equal(weights, await File.ReadAllBytesAsync(_folder["mine.safetensors"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_checkpoint_that_is_none_is_refused_and_left_alone()
    {
        await DrawAsync("pictures/a", "pictures/b");
        await File.WriteAllTextAsync(_folder["mine.safetensors.checkpoint"], "I am a poem.\n", TestContext.Current.CancellationToken);
        Assert.Contains("mine.safetensors.checkpoint", (await TrainAsync(Short)).Refusal());
        Assert.Equal(["mine.safetensors.checkpoint"], Results());
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_named_and_counted()
    {
        await DrawAsync("pictures/a", "pictures/b");
        for (int i = 0; i < 13; i++)
            await File.WriteAllTextAsync(_folder[$"pictures/a/note{i:00}.txt"], "I am a poem.\n", TestContext.Current.CancellationToken);
        await Picture.DrawAsync(_folder["pictures/b/small.png"], 31, 90);
        var run = await TrainAsync(Short);
        Assert.True(run.ExitCode == 0, run.Errors);
        string[] lines = [.. run.Errors.Split('\n').Where(line => line.StartsWith("left out: ", StringComparison.Ordinal))];
        Assert.Equal(11, lines.Length);
        Assert.Equal("left out: pictures/a/note00.txt is not a JPEG, PNG, TIFF or WebP image", lines[0]);
        Assert.Equal("left out: 4 more files", lines[^1]);
    }

    [Fact]
    public async Task A_class_that_is_left_with_too_few_pictures_is_told_after_the_files_that_are_left_out()
    {
        await DrawAsync("pictures/a", "pictures/b");
        await Picture.DrawAsync(_folder["pictures/b/3.png"], 90, 31);
        var run = await TrainAsync(Short);
        Assert.Equal("pictures/b has 7 pictures that can be used: each class needs 8 or more", run.Refusal());
        Assert.Contains("left out: pictures/b/3.png is 90x31 pixels, smaller than the 32x32 that the network looks at\n", run.Errors);
        Assert.Empty(Results());
    }

    [Theory]
    [InlineData("none", "there is no folder none")]
    [InlineData("empty", "empty is empty: it should hold a folder of pictures for each class")]
    [InlineData("one", "one holds one class alone, a: a network learns to tell classes apart")]
    [InlineData("one/a", "the 8 files in one/a lie in no class")]
    [InlineData("one/a/0.png", "one/a/0.png is a file")]
    public async Task A_folder_that_no_network_can_learn_from_is_refused(string images, string expected)
    {
        await DrawAsync("one/a");
        Directory.CreateDirectory(_folder["empty"]);
        string[] before = _folder.Files();
        Assert.StartsWith(expected, (await RunAsync(["train", "--images", images, "-o", "mine.safetensors", .. Short])).Refusal());
        Assert.Equal(before, _folder.Files());
    }

    [Theory]
    [InlineData("--size", "31", "--size must be 32 to 512 pixels, not 31")]
    [InlineData("--epochs", "0", "--epochs must be 1 to 100000, not 0")]
    [InlineData("--seed", "-1", "--seed must be 0 to 18446744073709551615, not \"-1\"")]
    [InlineData("--name", "my net", "--name must be 1 to 64 letters")]
    [InlineData("--name", "motif", "motif is the name of a known network: choose another")]
    [InlineData("--device", "gpu", "There is no device \"gpu\"; it can be cpu, cuda or cuda:N")]
    public async Task A_flag_with_a_value_out_of_range_says_what_would_do(string flag, string value, string expected)
    {
        await DrawAsync("pictures/a", "pictures/b");
        Assert.StartsWith(expected, (await TrainAsync(flag, value)).Refusal());
        Assert.Empty(Results());
    }

    [Theory]
    [InlineData("mine.pth", "mine.pth does not end in .safetensors")]
    [InlineData("nowhere/mine.safetensors", "nowhere/mine.safetensors cannot be written: there is no folder")]
    [InlineData("tmp", "tmp is a folder: name a file in it, such as tmp/mine.safetensors")]
    [InlineData("motif.safetensors", "motif is the name of a known network: give this one another with --name")]
    [InlineData("my net.safetensors", "no network can be called \"my net\" as its file is")]
    public async Task A_file_that_cannot_be_written_is_refused_before_the_work(string output, string expected) =>
        Assert.StartsWith(expected, (await RunAsync("train", "--images", "nowhere", "-o", output)).Refusal());

    [Fact]
    public async Task A_name_that_has_no_room_for_a_checkpoint_is_refused_before_the_work()
    {
        string output = new string('m', 240) + ".safetensors";
        Assert.Equal(
            $"{output}.checkpoint cannot be written: a file's name has at most 255 bytes",
            (await RunAsync("train", "--images", "nowhere", "-o", output, "--name", "mine")).Refusal());
    }

    [Fact]
    public async Task A_folder_in_place_of_the_checkpoint_is_refused_before_the_work()
    {
        Directory.CreateDirectory(_folder["mine.safetensors.checkpoint"]);
        Assert.Equal(
            "mine.safetensors.checkpoint is a folder, where the file of an interrupted training would lie: move it away, or choose another --output",
            (await RunAsync("train", "--images", "nowhere", "-o", "mine.safetensors")).Refusal());
    }

    [Fact]
    public async Task A_disk_without_room_for_a_checkpoint_is_refused_before_the_training()
    {
        await DrawAsync("pictures/a", "pictures/b");
        await using var disk = await SmallDisk.MountAsync(_folder["disk"]);
        Assert.SkipWhen(disk is null, "nothing may be mounted here");
        disk.Fill();
        string[] before = _folder.Files();
        var run = await RunAsync(["train", "--images", "pictures", "-o", "disk/mine.safetensors", .. Short]);
        Assert.Matches(@"^disk/mine\.safetensors\.checkpoint cannot be written: the disk is full, and \d\d MB are needed there$", run.Refusal());
        Assert.DoesNotContain("epoch", run.Errors);
        Assert.Equal(before, _folder.Files());

        disk.Clear();
        run = await RunAsync(["train", "--images", "pictures", "-o", "disk/mine.safetensors", .. Short]);
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    /// <summary>Files that are no pictures.</summary>
    private string[] Results() => [.. _folder.Files().Where(file => !file.StartsWith("pictures", StringComparison.Ordinal))];

    private async Task DrawAsync(params string[] classes)
    {
        foreach (string name in classes)
        {
            Directory.CreateDirectory(_folder[name]);
            for (int i = 0; i < 8; i++)
                await Picture.DrawAsync(_folder[$"{name}/{i}.png"], 40 + i, 36);
        }
    }

    private System.Diagnostics.Process Start(string[] flags) =>
        DreamfarmRun.Start(_folder.FullName, ["train", "--images", "pictures", "-o", "mine.safetensors", .. flags]);

    private Task<DreamfarmRun> TrainAsync(params string[] flags) =>
        RunAsync(["train", "--images", "pictures", "-o", "mine.safetensors", .. flags]);

    private Task<DreamfarmRun> RunAsync(params string[] arguments) => DreamfarmRun.InAsync(_folder.FullName, arguments);
}
