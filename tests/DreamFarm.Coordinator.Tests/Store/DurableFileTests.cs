namespace DreamFarm.Coordinator.Tests;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-durable-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_takes_the_place_of_another_and_leaves_no_temporary_name()
    {
        string path = Path.Combine(_folder, "name");
        await DurableFile.WriteAsync(path, "first"u8.ToArray(), CancellationToken.None);
        await DurableFile.WriteAsync(path, "second"u8.ToArray(), CancellationToken.None);
        Assert.Equal("second", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_flushed()
    {
        string missing = Path.Combine(_folder, "missing");
        Assert.Equal($"No such file or directory : '{missing}'", Assert.Throws<IOException>(() => DurableFile.FlushFolder(missing)).Message);
    }

    [Fact]
    public async Task Many_at_once_share_flushes_and_a_failure_reaches_all_of_them()
    {
        int flushes = 0;
        using var go = new ManualResetEventSlim();
        var flush = new FolderFlush(() =>
        {
            Interlocked.Increment(ref flushes);
            go.Wait(TestContext.Current.CancellationToken);
            DurableFile.FlushFolder(_folder);
        });
        // One under way, and one for all who come meanwhile.
        var first = flush.FlushAsync();
        while (Volatile.Read(ref flushes) == 0)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        var together = Enumerable.Range(0, 50).Select(_ => flush.FlushAsync()).ToList();
        _ = Assert.Single(together.Distinct());
        Assert.DoesNotContain(first, together);
        go.Set();
        await Task.WhenAll([first, .. together]);
        Assert.Equal(2, flushes);
        Directory.Delete(_folder);
        await Assert.ThrowsAsync<IOException>(flush.FlushAsync);
        Directory.CreateDirectory(_folder);
        await flush.FlushAsync();
    }
}
