using System.Diagnostics;
using DreamFarm.Imaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DreamFarm.Coordinator.Tests;

public sealed class DecoderPoolTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;
    private readonly List<DecoderPool> _pools = [];

    private string Input => Path.Combine(_folder, "input");

    private string Pixels => Path.Combine(_folder, "pixels");

    private string Alpha => Path.Combine(_folder, "alpha");

    private string Data => Path.Combine(_folder, "data");

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "decoders are limited by Linux");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in _pools)
            await pool.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_header_is_read_by_a_process_that_has_nothing_and_may_take_little()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "nobody but root may look into a decoder");
        var pool = Pool(options => options with { DecodeMemoryBytes = 300 << 20 });
        FlatPng.Write(Input, 96, 80, interlaced: false);
        Assert.Equal(new ImageInfo("PNG", 96, 80, 16, HasAlpha: true, HasProfile: false), await pool.InspectAsync(Input, "sky.png", CancellationToken.None));

        int decoder = Assert.Single(pool.Processes);
        var limits = File.ReadLines($"/proc/{decoder}/limits").ToDictionary(line => line[..26].Trim(), line => line[26..47].Trim());
        Assert.Equal((300 << 20).ToString(), limits["Max data size"]);
        Assert.Equal("0", limits["Max file size"]);
        Assert.Equal("0", limits["Max core file size"]);
        Assert.Equal("64", limits["Max open files"]);
        Assert.Contains("NoNewPrivs:\t1", File.ReadAllText($"/proc/{decoder}/status"));
        Assert.StartsWith(Data, new DirectoryInfo($"/proc/{decoder}/cwd").ResolveLinkTarget(true)!.FullName);
        var environment = File.ReadAllText($"/proc/{decoder}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('=')[0]);
        Assert.Empty(environment.Except(["LD_LIBRARY_PATH", "VIPS_BLOCK_UNTRUSTED", "TMPDIR", "DOTNET_GCHeapHardLimit", "DOTNET_EnableDiagnostics"]));
    }

    [Fact]
    public async Task An_image_that_needs_more_memory_than_there_may_be_is_refused_by_its_name()
    {
        var pool = Pool(options => options with { DecodeMemoryBytes = 256 << 20 });
        FlatPng.Write(Input, 6000, 6000, interlaced: true);
        Assert.Equal(6000, (await pool.InspectAsync(Input, "bomb.png", CancellationToken.None)).Width);
        var error = await Assert.ThrowsAsync<ImageException>(() => DecodeAsync(pool, "bomb.png", 6000 * 6000 * 6));
        Assert.StartsWith("bomb.png cannot be decoded within 256 MB of memory, the coordinator's --decode-memory", error.Message);

        FlatPng.Write(Input, 6000, 600, interlaced: false);
        Assert.Equal(600, (await DecodeAsync(pool, "flat.png", 6000 * 600 * 6)).Height);
    }

    [Fact]
    public async Task An_image_that_takes_too_long_is_given_up()
    {
        var pool = Pool(options => options with { DecodeLimit = TimeSpan.FromSeconds(0.1) });
        await MakePipeAsync(Input);
        var error = await Assert.ThrowsAsync<ImageException>(() => DecodeAsync(pool, "slow.png", 1 << 20));
        Assert.StartsWith("slow.png cannot be decoded: its decoder took longer than 0.1 s, the most that it may (--decode-seconds", error.Message);
        Assert.Empty(pool.Processes);
    }

    [Fact]
    public async Task A_decoder_that_is_killed_is_replaced_once()
    {
        var pool = Pool();
        string sky = Path.Combine(_folder, "sky");
        FlatPng.Write(sky, 96, 80, interlaced: false);
        await MakePipeAsync(Input);

        var decoding = DecodeAsync(pool, "sky.png", 96 * 80 * 6);
        // Opened for writing as soon as the decoder has opened it for reading: from here on that one waits, and another finds the image.
        int first;
        await using (await Task.Run(() => new FileStream(Input, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)))
        {
            File.Move(sky, Input, overwrite: true);
            first = await KillNextAsync(pool, decoding, -1);
        }
        Assert.Equal(96, (await decoding).Width);

        File.Delete(Input);
        await MakePipeAsync(Input);
        decoding = DecodeAsync(pool, "sky.png", 96 * 80 * 6);
        await KillNextAsync(pool, decoding, await KillNextAsync(pool, decoding, first));
        var error = await Assert.ThrowsAsync<ImageException>(() => decoding);
        Assert.Equal("sky.png cannot be decoded: its decoder was ended by signal 9", error.Message);
    }

    [Fact]
    public async Task Checkers_that_are_killed_are_replaced()
    {
        var pool = Pool();
        FlatPng.Write(Input, 96, 80, interlaced: false);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(96, (await pool.InspectAsync(Input, "sky.png", CancellationToken.None)).Width);
            Process.GetProcessById(Assert.Single(pool.Processes)).Kill();
        }
    }

    [Fact]
    public async Task What_the_disk_says_where_no_decoder_starts_is_handed_on_for_a_full_one_passes()
    {
        var pool = Pool();
        FlatPng.Write(Input, 96, 80, interlaced: false);
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "decoders"), "no folder", TestContext.Current.CancellationToken);
        var problem = await Assert.ThrowsAsync<JobProblem>(() => pool.InspectAsync(Input, "sky.png", CancellationToken.None));
        Assert.StartsWith("sky.png cannot be decoded: the coordinator's decoder does not start: ", problem.Message);
        Assert.DoesNotContain(Data, problem.Message);
        Assert.IsType<IOException>(problem.InnerException!.InnerException, exactMatch: false);
    }

    [Fact]
    public async Task No_image_is_refused_because_checkers_were_killed_while_they_idled()
    {
        var pool = Pool();
        FlatPng.Write(Input, 96, 80, interlaced: false);
        while (pool.Processes.Count < 2)
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => pool.InspectAsync(Input, "sky.png", CancellationToken.None)));
        foreach (int id in pool.Processes)
        {
            using var checker = Process.GetProcessById(id);
            checker.Kill();
            await checker.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(96, (await pool.InspectAsync(Input, "sky.png", CancellationToken.None)).Width);
    }

    [Fact]
    public async Task Many_submissions_at_once_are_checked_by_few_processes_and_bad_ones_cost_none()
    {
        var pool = Pool();
        FlatPng.Write(Input, 96, 80, interlaced: false);
        string bad = Path.Combine(_folder, "bad");
        File.WriteAllBytes(bad, File.ReadAllBytes(Input)[..40]);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            if (i % 3 == 0)
                Assert.StartsWith("bad.png is a damaged PNG file", (await Assert.ThrowsAsync<ImageException>(() => pool.InspectAsync(bad, "bad.png", CancellationToken.None))).Message);
            else
                Assert.Equal(96, (await pool.InspectAsync(Input, "sky.png", CancellationToken.None)).Width);
        }));
        Assert.InRange(pool.Processes.Count, 1, 2);
    }

    [Fact]
    public async Task A_decoder_writes_no_more_than_the_header_promised()
    {
        var pool = Pool();
        FlatPng.Write(Input, 1000, 1000, interlaced: false);
        await Assert.ThrowsAnyAsync<Exception>(() => DecodeAsync(pool, "sky.png", 100_000));
        Assert.False(File.Exists(Pixels) && new FileInfo(Pixels).Length > 100_000);
    }

    [Fact]
    public async Task A_decode_that_is_cancelled_ends_its_process()
    {
        var pool = Pool();
        await MakePipeAsync(Input);
        using var cancel = new CancellationTokenSource();
        var decoding = pool.DecodeAsync(Input, "sky.png", Pixels, Alpha, 1 << 20, cancel.Token);
        while (pool.Processes.Count == 0 && !decoding.IsCompleted)
            await Task.Delay(1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decoding);
        Assert.Empty(pool.Processes);
    }

    [Fact]
    public async Task No_process_and_no_folder_is_left_of_a_pool()
    {
        var pool = Pool();
        FlatPng.Write(Input, 96, 80, interlaced: false);
        await pool.StartAsync(CancellationToken.None);
        await pool.InspectAsync(Input, "sky.png", CancellationToken.None);
        await DecodeAsync(pool, "sky.png", 96 * 80 * 6);
        while (pool.Processes.Count < 2)
            await Task.Delay(10);
        int[] decoders = [.. pool.Processes];
        await pool.DisposeAsync();
        // A process that nobody has collected would still have its entry.
        Assert.All(decoders, decoder => Assert.False(Directory.Exists($"/proc/{decoder}")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(Data, "decoders")));
    }

    [Fact]
    public async Task An_image_of_more_pixels_than_allowed_is_refused_before_it_is_decoded()
    {
        var pool = Pool(options => options with { MaxInputPixels = 5000 });
        FlatPng.Write(Input, 96, 80, interlaced: false);
        Assert.StartsWith("sky.png is 96 x 80 pixels", (await Assert.ThrowsAsync<ImageException>(() => pool.InspectAsync(Input, "sky.png", CancellationToken.None))).Message);
        Assert.StartsWith("sky.png is 96 x 80 pixels", (await Assert.ThrowsAsync<ImageException>(() => DecodeAsync(pool, "sky.png", 1 << 20))).Message);
    }

    private DecoderPool Pool(Func<CoordinatorOptions, CoordinatorOptions>? change = null)
    {
        var options = new CoordinatorOptions { DataFolder = Data };
        var pool = new DecoderPool(new JobFiles(Data), change?.Invoke(options) ?? options, TimeProvider.System, NullLogger<DecoderPool>.Instance);
        _pools.Add(pool);
        return pool;
    }

    private Task<ImageInfo> DecodeAsync(DecoderPool pool, string name, long longest) =>
        pool.DecodeAsync(Input, name, Pixels, Alpha, longest, CancellationToken.None);

    /// <summary>Makes an image that no decoder comes to the end of: a pipe in which nobody writes.</summary>
    private static async Task MakePipeAsync(string path)
    {
        using var run = Process.Start("mkfifo", [path]);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, run.ExitCode);
    }

    /// <summary>Kills the decode's process as soon as it is there.</summary>
    private static async Task<int> KillNextAsync(DecoderPool pool, Task decoding, int before)
    {
        while (!decoding.IsCompleted)
        {
            if (pool.Processes.FirstOrDefault(id => id != before, -1) is > 0 and int next)
            {
                Process.GetProcessById(next).Kill();
                return next;
            }
            await Task.Delay(1);
        }
        Assert.Fail("the decode was over before it could be disturbed");
        return -1;
    }
}
