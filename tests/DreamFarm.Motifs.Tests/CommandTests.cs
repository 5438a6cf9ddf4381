using DreamFarm.Imaging;
using DreamFarm.Training;

namespace DreamFarm.Motifs.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("motifs").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Written_pictures_are_the_painted_ones_in_a_folder_for_each_class_under_names_that_sort()
    {
        var count = 2 * MotifPainter.Names.Count + 1;
        Assert.Equal(0, await CommandRun.RunAsync(["write", _folder, "--count", $"{count}", "--seed", "9"]));

        string[] files = [.. Directory.GetFiles(_folder, "*.png", SearchOption.AllDirectories).OrderBy(Path.GetFileName, StringComparer.Ordinal)];
        Assert.Equal(count, files.Select(Path.GetFileName).Distinct().Count());
        Assert.Equal(MotifPainter.Names.Order(StringComparer.Ordinal), Directory.GetDirectories(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var (painter, painted) = (new MotifPainter(9), new byte[3 * 96 * 96]);
        for (var index = 0; index < count; index += 7)
        {
            var label = painter.Paint(index, painted);
            Assert.Equal(MotifPainter.Names[label], Path.GetFileName(Path.GetDirectoryName(files[index])));
            var read = ImageReader.ReadSmall(files[index], 96, 96, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(painted, read.Planes);
        }
    }

    [Fact]
    public async Task A_folder_of_painted_pictures_can_be_trained_on()
    {
        await WriteCommand.WriteAsync(_folder, PictureFolder.FewestOfClass * MotifPainter.Names.Count, 2, TestContext.Current.CancellationToken);
        using var folder = await PictureFolder.ReadAsync(_folder, 80, 96, 1, null, TestContext.Current.CancellationToken);
        Assert.Empty(folder.LeftOut);
        Assert.Equal(MotifPainter.Names.Order(StringComparer.Ordinal), folder.Classes);
    }

    [Fact]
    public async Task The_sheet_has_twelve_pictures_of_every_class_beside_each_other()
    {
        var path = Path.Combine(_folder, "sheet.png");
        Assert.Equal(0, await CommandRun.RunAsync(["sheet", "-o", path, "--seed", "4"]));
        var sheet = ImageReader.ReadSmall(path, 100_000, 100_000, cancellationToken: TestContext.Current.CancellationToken);
        var half = (MotifPainter.Names.Count + 1) / 2;
        Assert.Equal((24 * 96, half * 96), (sheet.Width, sheet.Height));

        // The third picture of the class after those on the left stands on the right, in the first row.
        var painted = new byte[3 * 96 * 96];
        Assert.Equal(half, new MotifPainter(4).Paint(2 * MotifPainter.Names.Count + half, painted));
        for (var row = 0; row < 96; row++)
            Assert.Equal(painted.AsSpan(row * 96, 96), sheet.Planes.AsSpan(row * sheet.Width + 14 * 96, 96));
    }

    [Theory]
    [InlineData(2, "paint")]
    [InlineData(2, "sheet")]
    [InlineData(2, "write", "DIR", "--count", "some")]
    [InlineData(1, "write", "DIR", "--count", "0")]
    [InlineData(1, "train", "-o", "no/such/folder/motif.safetensors")]
    [InlineData(1, "measure", "no-such-file.safetensors")]
    [InlineData(1, "measure", "FILE", "--count", "0")]
    [InlineData(1, "sheet", "-o", "no/such/folder/sheet.png")]
    public async Task What_cannot_be_done_ends_with_a_code_that_says_whose_fault_it_is(int exitCode, params string[] args) =>
        Assert.Equal(exitCode, await CommandRun.RunAsync(args));
}
