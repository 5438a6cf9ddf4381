namespace DreamFarm.Training.Tests;

/// <summary>What becomes of a folder of a user's own pictures.</summary>
public sealed class PictureFolderTests : IDisposable
{
    private readonly TestPictures _pictures = new();

    /// <inheritdoc/>
    public void Dispose() => _pictures.Dispose();

    [Fact]
    public async Task Folders_are_classes_and_an_eighth_of_each_is_set_aside()
    {
        await _pictures.AddAsync("b", 16);
        await _pictures.AddAsync("a/deep/er", 9);
        await _pictures.AddAsync("C", 24);
        await _pictures.AddAsync(".hidden", 3);
        await _pictures.DrawAsync("b/.hidden.png", 40, 30, 1);
        using var folder = await ReadAsync();

        Assert.Equal(["C", "a", "b"], folder.Classes);
        Assert.Equal([21, 8, 14], folder.Training.CountByClass());
        Assert.Equal([3, 1, 2], folder.Validation.CountByClass());
        Assert.Empty(folder.LeftOut);
    }

    [Fact]
    public async Task Pictures_are_shrunk_to_the_shorter_side_and_cut_to_three_by_two()
    {
        await _pictures.AddAsync("a", 8, 300, 100);
        await _pictures.AddAsync("b", 8, 25, 100);
        using var folder = await ReadAsync(crop: 20, side: 50);

        var planes = new byte[folder.Training.LargestPicture];
        Assert.Equal(new Picture(0, 50, 75), folder.Training.Read(0, 0, planes));
        Assert.Equal(new Picture(1, 75, 25), folder.Training.Read(0, 7, planes));
        Assert.Equal(3 * 50 * 75, folder.Training.LargestPicture);
    }

    [Fact]
    public async Task Reading_twice_gives_the_same_pictures_and_another_seed_sets_others_aside()
    {
        await _pictures.AddAsync("a", 40);
        await _pictures.AddAsync("b", 40, first: 40);
        using var one = await ReadAsync();
        using var two = await ReadAsync();
        using var other = await ReadAsync(seed: 2);

        Assert.Equal(PixelsOf(one.Training), PixelsOf(two.Training));
        Assert.Equal(PixelsOf(one.Validation), PixelsOf(two.Validation));
        Assert.Equal(one.Training.Identity, two.Training.Identity);
        Assert.NotEqual(PixelsOf(one.Validation), PixelsOf(other.Validation));
        Assert.Equal(one.Training.Identity, other.Training.Identity);
    }

    [Fact]
    public async Task Another_picture_or_another_name_of_a_class_is_another_identity()
    {
        await _pictures.AddAsync("a", 8);
        await _pictures.AddAsync("b", 8);
        using var before = await ReadAsync();
        await _pictures.DrawAsync("a/03.png", 40, 30, 77);
        using var changed = await ReadAsync();
        Directory.Move(_pictures["b"], _pictures["c"]);
        using var renamed = await ReadAsync();
        Assert.Equal(3, new[] { before.Training.Identity, changed.Training.Identity, renamed.Training.Identity }.Distinct().Count());
    }

    [Fact]
    public async Task What_cannot_be_used_is_left_out_with_a_sentence()
    {
        await _pictures.AddAsync("a", 8);
        await _pictures.AddAsync("b", 8);
        await File.WriteAllTextAsync(_pictures["a/poem.png"], "I am a poem.\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_pictures["a/void.jpg"], "", TestContext.Current.CancellationToken);
        await _pictures.DrawAsync("b/tiny.png", 12, 30, 1);
        await _pictures.DrawAsync("beside.png", 40, 30, 1);
        File.CreateSymbolicLink(_pictures["b/gone.png"], "nowhere.png");
        using var folder = await ReadAsync();

        Assert.Equal(
            [
                $"{_pictures["a/poem.png"]} is not a JPEG, PNG, TIFF or WebP image",
                $"{_pictures["a/void.jpg"]} is empty",
                $"{_pictures["b/tiny.png"]} is 12x30 pixels, smaller than the 20x20 that the network looks at",
                $"{_pictures["beside.png"]} lies in the folder of no class",
            ],
            folder.LeftOut.Where(sentence => !sentence.Contains("gone")));
        Assert.StartsWith($"{_pictures["b/gone.png"]} could not be read", Assert.Single(folder.LeftOut, sentence => sentence.Contains("gone")));
        Assert.Equal(14, folder.Training.Count);
    }

    [Fact]
    public async Task Of_pictures_of_a_class_that_are_the_same_one_is_used()
    {
        await _pictures.AddAsync("a", 8);
        await _pictures.AddAsync("b", 8);
        File.Copy(_pictures["b/03.png"], _pictures["b/03 (copy).png"]);
        using var folder = await ReadAsync();
        Assert.Equal([$"{_pictures["b/03.png"]} is the same picture as {_pictures["b/03 (copy).png"]}"], folder.LeftOut);
        Assert.Equal([7, 7], folder.Training.CountByClass());
    }

    [Fact]
    public async Task A_file_whose_name_is_no_text_is_left_out()
    {
        await _pictures.AddAsync("a", 8);
        await _pictures.AddAsync("b", 8);
        // An é in Latin-1, as archives from elsewhere have it.
        await ShellAsync("""cp "$0/00.png" "$0/$(printf 'caf\351').png" """);
        try
        {
            using var folder = await ReadAsync();
            Assert.StartsWith($"{_pictures["a/caf\uFFFD.png"]} could not be read", Assert.Single(folder.LeftOut));
        }
        finally
        {
            // Nothing here can delete it either.
            await ShellAsync("""rm "$0"/caf*""");
        }

        async Task ShellAsync(string command)
        {
            using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", command, _pictures["a"]]);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, shell.ExitCode);
        }
    }

    [Fact]
    public async Task Links_that_lead_in_circles_are_not_followed()
    {
        await _pictures.AddAsync("a", 8);
        await _pictures.AddAsync("elsewhere/b", 8);
        Directory.CreateSymbolicLink(_pictures["a/up"], _pictures.Root);
        Directory.CreateSymbolicLink(_pictures["a/self"], "self");
        Directory.CreateSymbolicLink(_pictures["linked"], _pictures["elsewhere/b"]);
        using var folder = await ReadAsync();
        Assert.Equal([7, 7, 7], folder.Training.CountByClass());
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named() =>
        Assert.Equal($"there is no folder {_pictures["none"]}", await RefusalAsync("none"));

    [Fact]
    public async Task A_file_is_no_folder()
    {
        await _pictures.DrawAsync("a.png", 40, 30, 1);
        Assert.StartsWith($"{_pictures["a.png"]} is a file: a folder is wanted", await RefusalAsync("a.png"));
    }

    [Fact]
    public async Task An_empty_folder_is_told_what_to_hold() =>
        Assert.StartsWith($"{_pictures.Root} is empty: it should hold a folder of pictures for each class", await RefusalAsync(""));

    [Fact]
    public async Task Pictures_without_a_class_are_told_where_to_go()
    {
        await _pictures.AddAsync(".", 9);
        Assert.StartsWith($"the 9 files in {_pictures.Root} lie in no class", await RefusalAsync(""));
    }

    [Fact]
    public async Task One_class_is_not_enough()
    {
        await _pictures.AddAsync("eyes", 9);
        string sentence = await RefusalAsync("");
        Assert.StartsWith($"{_pictures.Root} holds one class alone, eyes: a network learns to tell classes apart", sentence);
    }

    [Fact]
    public async Task A_folder_whose_name_no_class_can_have_is_named()
    {
        await _pictures.AddAsync("a", 8);
        await _pictures.AddAsync("b ", 8);
        Assert.StartsWith($"the folder \"b \" in {_pictures.Root} cannot name a class", await RefusalAsync(""));
    }

    [Fact]
    public async Task A_class_with_fewer_than_eight_pictures_is_named_with_their_count()
    {
        await _pictures.AddAsync("a", 9);
        await _pictures.AddAsync("b", 7);
        Assert.Equal($"{_pictures["b"]} has 7 pictures: each class needs 8 or more", await RefusalAsync(""));
    }

    [Fact]
    public async Task A_class_that_has_too_few_once_the_small_ones_are_left_out_is_named_with_them()
    {
        await _pictures.AddAsync("a", 9);
        await _pictures.AddAsync("b", 7);
        await _pictures.DrawAsync("b/small.png", 10, 10, 1);
        var refusal = await Assert.ThrowsAsync<FolderException>(() => ReadAsync());
        Assert.Equal($"{_pictures["b"]} has 7 pictures that can be used: each class needs 8 or more", refusal.Message);
        Assert.Contains("10x10", Assert.Single(refusal.LeftOut));
    }

    private async Task<string> RefusalAsync(string name) =>
        (await Assert.ThrowsAsync<FolderException>(async () => (await ReadAsync(name)).Dispose())).Message;

    private Task<PictureFolder> ReadAsync(string name = "", int crop = 20, int side = 30, ulong seed = 1) =>
        PictureFolder.ReadAsync(name.Length == 0 ? _pictures.Root : _pictures[name], crop, side, seed, null, TestContext.Current.CancellationToken);

    private static byte[] PixelsOf(IPictureSet set)
    {
        var planes = new byte[set.LargestPicture];
        var pixels = new List<byte>();
        for (int i = 0; i < set.Count; i++)
        {
            var picture = set.Read(0, i, planes);
            pixels.AddRange(planes.AsSpan(0, 3 * picture.Height * picture.Width));
        }
        return [.. pixels];
    }
}
