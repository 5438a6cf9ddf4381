using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace DreamFarm.Imaging.Tests;

public sealed class WritingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.gif")]
    [InlineData("a")]
    public void An_unknown_ending_is_answered_with_the_known_ones(string name)
    {
        var failure = Assert.Throws<ImageException>(() => OutputFormat.FromPath(name));
        Assert.Contains(name, failure.Message);
        Assert.Contains(".jpg, .jpeg, .png, .tif, .tiff, .webp, .npy", failure.Message);
    }

    [Fact]
    public void Sizes_that_a_format_cannot_hold_are_known_before()
    {
        Assert.Null(OutputFormat.FromPath("a.webp").CheckSize(16383, 16383));
        Assert.Contains("16383", OutputFormat.FromPath("a.webp").CheckSize(10, 16384));
        Assert.Null(OutputFormat.FromPath("a.jpg").CheckSize(65535, 1));
        Assert.Contains("65535", OutputFormat.FromPath("a.jpg").CheckSize(65536, 1));
        Assert.Null(OutputFormat.FromPath("a.png").CheckSize(65536, 1));
        Assert.Contains("16-bit", OutputFormat.FromPath("a.jpg").CheckDepth(16));
        Assert.Null(OutputFormat.FromPath("a.tif").CheckDepth(16));
    }

    [Fact]
    public async Task A_canvas_too_wide_for_WebP_is_refused_and_nothing_is_written()
    {
        await Assert.ThrowsAsync<ImageException>(() => Pictures.WriteSmoothAsync(_folder["a.webp"], 16384, 2));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Npy_holds_the_canvas_itself()
    {
        const int Width = 997, Height = 1409;
        await Pictures.WriteSmoothAsync(_folder["a.npy"], Width, Height);

        var bytes = await File.ReadAllBytesAsync(_folder["a.npy"], TestContext.Current.CancellationToken);
        var header = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)) + 10;
        Assert.Equal(0, header % 64);
        Assert.Equal([0x93, .. "NUMPY\u0001\0"u8], bytes[..8]);
        Assert.Equal($"{{'descr': '<f4', 'fortran_order': False, 'shape': (3, {Height}, {Width}), }}", Encoding.ASCII.GetString(bytes[10..header]).TrimEnd());
        Assert.Equal(header + 12L * Width * Height, bytes.Length);
        foreach (var (x, y, plane) in new[] { (0, 0, 0), (5, Height - 1, 1), (Width - 1, 700, 2), (Width - 1, Height - 1, 2) })
            Assert.Equal(
                MathF.Round(Pictures.Smooth(x, y, plane, Width, Height) * 32767) / 32767f,
                BitConverter.ToSingle(bytes, header + 4 * ((plane * Height + y) * Width + x)));
    }

    [Fact]
    public async Task NumPy_reads_npy()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), "Python is not installed.");
        await Pictures.WriteSmoothAsync(_folder["a.npy"], 30, 20);
        const string Script = """
            import sys
            try:
                import numpy
            except ImportError:
                sys.exit(42)
            a = numpy.load(sys.argv[1])
            print(a.dtype, a.shape, round(float(a[1, 19, 7]) * 32767))
            """;
        var start = new ProcessStartInfo(Python, ["-c", Script, _folder["a.npy"]]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(process.ExitCode == 42, "NumPy is not installed.");

        var expected = MathF.Round(Pictures.Smooth(7, 19, 1, 30, 20) * 32767);
        Assert.Equal($"float32 (3, 20, 30) {expected:0}", output.Trim());
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.png")]
    [InlineData("a.tif")]
    [InlineData("a.webp")]
    [InlineData("a.npy")]
    public async Task Cancelling_leaves_the_older_file_and_nothing_else(string name)
    {
        await File.WriteAllTextAsync(_folder[name], "older", TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        var rows = Pictures.SmoothRows(1000, 4000);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImageWriter.WriteAsync(
            _folder[name], 1000, 4000,
            (first, strip, token) =>
            {
                if (first > 2000)
                    cancel.Cancel();
                return rows(first, strip, token);
            },
            cancellationToken: cancel.Token));

        Assert.Equal(name, Path.GetFileName(Assert.Single(Directory.GetFiles(_folder.Path))));
        Assert.Equal("older", await File.ReadAllTextAsync(_folder[name], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.npy")]
    public async Task What_the_rows_source_throws_comes_out_unchanged(string name)
    {
        var rows = Pictures.SmoothRows(1000, 4000);
        var failure = await Assert.ThrowsAsync<IOException>(() => ImageWriter.WriteAsync(
            _folder[name], 1000, 4000, (first, strip, token) => first > 2000 ? throw new IOException("the band is gone") : rows(first, strip, token),
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("the band is gone", failure.Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Cancelling_a_decode_leaves_nothing()
    {
        await Pictures.WriteSmoothAsync(_folder["a.png"], 1000, 1000);
        using var cancel = new CancellationTokenSource();
        var decoding = ImageReader.DecodeAsync(_folder["a.png"], _folder["a.raw"], _folder["a.alpha"], cancellationToken: cancel.Token);
        cancel.Cancel();

        // It may have been done already; only then may the pixels be there.
        if (await Record.ExceptionAsync(() => decoding) is { } failure)
        {
            Assert.IsAssignableFrom<OperationCanceledException>(failure);
            Assert.False(File.Exists(_folder["a.raw"]));
        }
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.npy")]
    public async Task A_missing_folder_is_named(string name)
    {
        var failure = await Assert.ThrowsAsync<ImageException>(() => Pictures.WriteSmoothAsync(_folder[$"none/{name}"], 10, 10));
        Assert.Contains("there is no folder", failure.Message);
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.png")]
    [InlineData("a.tif")]
    [InlineData("a.webp")]
    [InlineData("a.npy")]
    public async Task A_full_disk_is_said_and_leaves_nothing(string name)
    {
        using var disk = SmallDisk.Mount(256 << 10);
        Assert.SkipWhen(disk is null, "A small file system can be mounted by root alone.");
        var path = Path.Combine(disk.Path, name);
        var random = new Random(1);

        var failure = await Assert.ThrowsAsync<ImageException>(() => ImageWriter.WriteAsync(
            path, 1500, 1500, Pictures.Rows(1500, 1500, (_, _, _) => random.NextSingle() * 2 - 1),
            cancellationToken: TestContext.Current.CancellationToken));

        TestContext.Current.TestOutputHelper!.WriteLine(failure.Message);
        Assert.Equal($"{path} could not be written: the disk is full.", failure.Message);
        Assert.Empty(Directory.GetFiles(disk.Path));
    }

    [Fact]
    public async Task A_full_disk_is_said_whatever_else_fails_meanwhile()
    {
        using var disk = SmallDisk.Mount(64 << 10);
        Assert.SkipWhen(disk is null, "A small file system can be mounted by root alone.");
        await Pictures.WriteSmoothAsync(_folder["whole.png"], 70, 50);
        var bytes = await File.ReadAllBytesAsync(_folder["whole.png"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["cut.png"], bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        var path = Path.Combine(disk.Path, "a.jpg");
        var random = new Random(1);

        // libvips has one list of errors for all threads.
        using var enough = new CancellationTokenSource();
        var failing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
                await Assert.ThrowsAsync<ImageException>(() => ImageReader.DecodeAsync(_folder["cut.png"], _folder["x.raw"], _folder["x.alpha"]));
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 30; i++)
        {
            var failure = await Assert.ThrowsAsync<ImageException>(() => ImageWriter.WriteAsync(
                path, 400, 400, Pictures.Rows(400, 400, (_, _, _) => random.NextSingle() * 2 - 1), cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal($"{path} could not be written: the disk is full.", failure.Message);
        }
        await enough.CancelAsync();
        await failing;
    }

    [Fact]
    public async Task A_full_disk_ends_decoding()
    {
        using var disk = SmallDisk.Mount(256 << 10);
        Assert.SkipWhen(disk is null, "A small file system can be mounted by root alone.");
        await Pictures.WriteSmoothAsync(_folder["a.png"], 1000, 1000);

        var failure = await Assert.ThrowsAsync<ImageException>(() => ImageReader.DecodeAsync(
            _folder["a.png"], Path.Combine(disk.Path, "a.raw"), Path.Combine(disk.Path, "a.alpha"),
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.EndsWith($"could not be stored in {disk.Path}: the disk is full.", failure.Message);
        Assert.Empty(Directory.GetFiles(disk.Path));
    }
}
